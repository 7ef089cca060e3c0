import { GatewayError } from '../../contract/errors';
import type { Entity } from '../../contract/entities';
import type { Operator } from '../../platform/config/guards';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';
import { assessLong, type InjectionRules } from './injection';
import { threshold } from './injection-guard';
import { Pace } from './inspect/pace';
import type { TextSearch } from './inspect/text-search';
import type { GuardPolicies, Tenant } from './policy/guard-policies';
import { operatorFor } from './policy/operator-for';
import { DetectorUnavailable } from './sidecar/detector-unavailable';
import { operators } from './tokens/operators';
import { TokenVault } from './tokens/vault';

export interface PreviewParts {
  readonly policies: GuardPolicies;
  readonly search: TextSearch;
  readonly rules: InjectionRules;
  readonly hash: KeyedHash;
  /** Where a provider is, by name; undefined for one that is not configured. */
  readonly placeOf: (provider: string) => 'external' | 'local' | undefined;
}

export interface Previewed {
  readonly text: string;
  readonly findings: {
    entity: Entity;
    start: number;
    end: number;
    confidence: number;
    validated: boolean;
    operator: Operator;
  }[];
  readonly blocked: boolean;
  readonly injection: {
    score: number;
    suspicious: boolean;
    rules: { id: string; family: string; start: number; end: number }[];
    rules_version: string;
  };
  readonly guards: string[];
  readonly policy: { version: number; hash: string };
}

const BUDGET_MS = 5_000;

/** What the guards would make of a text. Nothing of it is kept. */
export class Preview {
  constructor(private readonly parts: PreviewParts) {}

  /**
   * @param asked.provider towards which; one elsewhere when absent
   * @throws GatewayError `invalid_request` for a provider that is not configured; `overloaded` when the sidecar is away
   */
  async show(
    tenant: Tenant,
    asked: { readonly text: string; readonly provider?: string | undefined; readonly untrusted: boolean },
  ): Promise<Previewed> {
    const { policies, search, hash } = this.parts;
    const { policy, version, hash: policyHash } = policies.of(tenant);
    const { text } = asked;
    const destination = this.destination(asked.provider);
    const chosen = (entity: Entity) => operatorFor(policy.personalData, entity, destination);
    const findings = await this.found(text, policy.personalData);
    const vault = new TokenVault(hash.digest('conversation', tenant.id, JSON.stringify(['preview', text])));
    vault.reserve(text);
    const operate = operators(vault, (value) => hash.digest('guard-hash', tenant.id, value).toString('hex'));
    let masked = '';
    let at = 0;
    for (const { entity, start, end } of findings) {
      masked += text.slice(at, start) + operate(chosen(entity), entity, text.slice(start, end));
      at = end;
    }
    const injection = await this.assessed(text, asked.untrusted, policy.injection);
    const { action, blockAt } = policy.injection;
    return {
      text: masked + text.slice(at),
      findings: findings.map((finding) => ({ ...finding, operator: chosen(finding.entity) })),
      blocked:
        findings.some(({ entity }) => chosen(entity) === 'block') || (action === 'block' && injection.score >= blockAt),
      injection,
      guards: [
        ...(policy.personalData.enabled ? ['input.pii', ...(search.asksSidecar ? ['input.pii.sidecar'] : [])] : []),
        ...(action === 'off' ? [] : ['input.injection']),
      ],
      policy: { version, hash: policyHash },
    };
  }

  private async found(text: string, policy: Parameters<typeof operatorFor>[0]) {
    if (!policy.enabled) return [];
    const signal = AbortSignal.timeout(BUDGET_MS);
    try {
      const { findings, complete } = await this.parts.search.plain(text, '', { policy, pace: new Pace(), signal });
      if (!complete)
        throw new GatewayError('prompt_too_large', 'The text could not be read in the time that it may take');
      return findings;
    } catch (cause) {
      if (!(cause instanceof DetectorUnavailable)) throw cause;
      throw new GatewayError('overloaded', 'The text cannot be searched now', { retryAfter: 2, cause });
    }
  }

  private async assessed(
    text: string,
    untrusted: boolean,
    policy: Parameters<typeof threshold>[0],
  ): Promise<Previewed['injection']> {
    const { rules } = this.parts;
    const provenance = untrusted ? 'untrusted' : 'trusted';
    if (policy.action === 'off') return { score: 0, suspicious: false, rules: [], rules_version: rules.version };
    const { score, rules: matched } = await assessLong(rules, text, provenance, { budgetMs: BUDGET_MS });
    return {
      score,
      suspicious: score > 0 && score >= threshold(policy, provenance),
      rules: matched.map(({ id, family, start, end }) => ({ id, family, start, end })),
      rules_version: rules.version,
    };
  }

  private destination(provider: string | undefined) {
    if (provider === undefined) return { provider: '', place: 'external' } as const;
    const place = this.parts.placeOf(provider);
    if (!place) throw new GatewayError('invalid_request', 'There is no such provider', { param: 'provider' });
    return { provider, place };
  }
}
