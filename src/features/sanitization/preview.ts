import { GatewayError } from '../../contract/errors';
import type { Entity } from '../../contract/entities';
import type { Operator } from '../../platform/config/guards';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';
import { isBlocked } from './injection-guard';
import type { GuardPolicies, Tenant } from './policy/guard-policies';
import { operatorFor } from './policy/operator-for';
import { Report } from './report';
import type { TextReader } from './text-reader';
import { operators } from './tokens/operators';
import { TokenVault } from './tokens/vault';

export interface PreviewParts {
  readonly policies: GuardPolicies;
  readonly reader: TextReader;
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
  /** What read the text to its end. */
  readonly guards: string[];
  /** What should have, and could not. */
  readonly flags: string[];
  readonly policy: { version: number; hash: string };
}

/** What the guards would make of a text. Nothing of it is kept. */
export class Preview {
  constructor(private readonly parts: PreviewParts) {}

  /**
   * @param asked.provider towards which; one elsewhere when absent
   * @throws GatewayError `invalid_request` for a provider that is not configured; `overloaded` when a call would be refused because the
   * sidecar or the classifier is away; `prompt_too_large` when the text takes too long
   */
  async show(
    tenant: Tenant,
    asked: { readonly text: string; readonly provider?: string | undefined; readonly untrusted: boolean },
  ): Promise<Previewed> {
    const { policies, reader, hash } = this.parts;
    const { policy, version, hash: policyHash } = policies.of(tenant);
    const { text, untrusted } = asked;
    const destination = this.destination(asked.provider);
    const chosen = (entity: Entity) => operatorFor(policy.personalData, entity, destination);
    const report = new Report({});
    const findings = await reader.personal(text, policy.personalData, report);
    const vault = new TokenVault(hash.digest('conversation', tenant.id, JSON.stringify(['preview', text])));
    vault.reserve(text);
    const operate = operators(vault, (value) => hash.digest('guard-hash', tenant.id, value).toString('hex'));
    let masked = '';
    let at = 0;
    for (const { entity, start, end } of findings) {
      masked += text.slice(at, start) + operate(chosen(entity), entity, text.slice(start, end));
      at = end;
    }
    const provenance = untrusted ? 'untrusted' : 'trusted';
    const read = await reader.injection(text, provenance, policy.injection, report);
    const { score, suspicious, rules } = read;
    const barred = findings.some(({ entity }) => chosen(entity) === 'block');
    return {
      text: masked + text.slice(at),
      findings: findings.map((finding) => ({ ...finding, operator: chosen(finding.entity) })),
      blocked: barred || read.refused || isBlocked(policy.injection, score),
      injection: {
        score,
        suspicious,
        rules: rules.map(({ id, family, start, end }) => ({ id, family, start, end })),
        rules_version: reader.rules.version,
      },
      guards: [...report.guards],
      flags: [...report.flags],
      policy: { version, hash: policyHash },
    };
  }

  private destination(provider: string | undefined) {
    if (provider === undefined) return { provider: '', place: 'external' } as const;
    const place = this.parts.placeOf(provider);
    if (!place) throw new GatewayError('invalid_request', 'There is no such provider', { param: 'provider' });
    return { provider, place };
  }
}
