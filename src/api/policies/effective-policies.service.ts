import { Injectable } from '@nestjs/common';
import type { Candidate } from '../../contract/call';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { AUTO, COMPLEXITIES } from '../../contract/selection';
import { BudgetIndex } from '../../features/budgets';
import { isModelAllowed, LimitRules } from '../../features/limits';
import { ModelRegistry } from '../../features/models';
import { INTERCEPTORS, Policies } from '../../features/resilience';
import { GuardPolicies } from '../../features/sanitization';
import { SelectionPolicies } from '../../features/selection';
import { type ApiKey, ApiKeys, type Tenant, Tenants } from '../../features/tenancy';
import { Withdrawals } from '../../features/withdrawals';
import { Pipeline } from '../../pipeline';
import { Config } from '../../platform/config/config';
import { layersOf } from '../../platform/config/policy-origins';
import { CONTROLS } from '../status/controls';
import { bulkheadsView, policyView } from './candidate-view';
import type { CandidateView, EffectiveQuery, EffectiveView } from './effective-schema';
import { limited, limitsView } from './limits-view';
import { notRunning } from './not-running';

/** Says which controls would run for a call, from the same tables that calls are served by. */
@Injectable()
export class EffectivePolicies {
  constructor(
    private readonly config: Config,
    private readonly models: ModelRegistry,
    private readonly policies: Policies,
    private readonly keys: ApiKeys,
    private readonly tenants: Tenants,
    private readonly pipeline: Pipeline,
    private readonly guards: GuardPolicies,
    private readonly rules: LimitRules,
    private readonly budgets: BudgetIndex,
    private readonly selection: SelectionPolicies,
    private readonly withdrawals: Withdrawals,
  ) {}

  /** @throws GatewayError `not_found`, also for what the actor must not know of; `model_not_found`; `invalid_request` */
  async show(actor: Caller, { model, operation, ...whose }: EffectiveQuery): Promise<EffectiveView> {
    const { key, tenant } = await this.subject(actor, whose);
    const members = this.membersOf(model, operation, tenant);
    const { fallback } = this.policies.of(members.find((one) => isAllowed(key, one, model)) ?? members[0], tenant);
    const targets = fallback.enabled ? fallback.to.flatMap((name) => this.models.target(name, operation) ?? []) : [];
    const candidates = [
      ...members.map((candidate) => this.candidate(candidate, tenant, isAllowed(key, candidate, model))),
      // what the policy adds must be allowed by its own name
      ...targets
        .filter((target) => !members.some((one) => one.provider === target.provider && one.model === target.model))
        .map((candidate) => this.candidate(candidate, tenant, isAllowed(key, candidate))),
    ];
    const { policies, redisUrl, sanitization } = this.config;
    const guards = this.guards.of(tenant);
    const first = candidates.find(({ allowed }) => allowed);
    const target = first && `${first.provider}/${first.model}`;
    const limits = limitsView(this.config.limits, this.rules.of(tenant), key, target);
    return {
      model,
      operation,
      tenant: { id: tenant.id, name: tenant.name },
      key: key && { id: key.id, name: key.name, state: stateOf(key, tenant), models: key.models },
      limits,
      stages: [...this.pipeline.stages],
      interceptors: INTERCEPTORS.map(({ name }) => nameOf(name)),
      candidates,
      guards: { version: guards.version, hash: guards.hash, policy: guards.policy },
      not_running: notRunning({
        controls: CONTROLS,
        redis: redisUrl !== undefined,
        ...limited(limits),
        budgets: this.budgets.of({ tenantId: tenant.id, keyId: key?.id ?? '' }).length > 0,
        templates: policies.templates.length > 0,
        guards: guards.policy,
        sidecar: sanitization.sidecar !== undefined,
        candidates: candidates
          .filter(({ allowed }) => allowed)
          .map((candidate) => ({
            name: `${candidate.provider}/${candidate.model}`,
            policy: this.policies.of(candidate, tenant),
            keys: this.keysOf(candidate.provider),
          })),
      }),
    };
  }

  private async subject(
    actor: Caller,
    whose: Pick<EffectiveQuery, 'key' | 'tenant'>,
  ): Promise<{ key: ApiKey | null; tenant: Tenant }> {
    const id = whose.key ?? (whose.tenant ? undefined : actor.keyId);
    if (id === undefined) return { key: null, tenant: await this.tenants.find(actor, whose.tenant ?? '') };
    const key = await this.keys.find(actor, id);
    if (whose.tenant && whose.tenant.toLowerCase() !== key.tenantId)
      throw new GatewayError('invalid_request', 'The key belongs to another tenant', { param: 'tenant' });
    return { key, tenant: await this.tenants.find(actor, key.tenantId) };
  }

  /** What `auto` may come to is what stands behind its levels, where no task says otherwise. */
  private membersOf(
    model: string,
    operation: EffectiveQuery['operation'],
    tenant: Tenant,
  ): readonly [Candidate, ...Candidate[]] {
    if (model !== AUTO || operation !== 'chat' || this.models.isAlias(AUTO))
      return this.models.resolve(model, operation);
    const { levels } = this.selection.of({ tenant, tags: [], operation });
    const aliases = new Set(COMPLEXITIES.map((level) => levels[level]).filter((alias) => this.models.isAlias(alias)));
    const members = [...aliases].flatMap((alias) => this.models.resolve(alias, operation));
    const [first, ...rest] = members.filter(
      ({ provider, model: name }, i) =>
        members.findIndex((one) => one.provider === provider && one.model === name) === i,
    );
    return first ? [first, ...rest] : this.models.resolve(model, operation);
  }

  private candidate({ provider, model }: Candidate, tenant: Tenant, allowed: boolean): CandidateView {
    const layers = layersOf(this.config.policies, { provider, model, tenant });
    const policy = this.policies.of({ provider, model }, tenant);
    const names = { tenant: tenant.name, model: `${provider}/${model}`, provider };
    return {
      provider,
      model,
      allowed,
      withdrawn: this.withdrawals.placeOf({ provider, model }) ?? null,
      policy: policyView(policy, layers),
      bulkheads: bulkheadsView(policy, layers, names),
    };
  }

  private keysOf(provider: string): number {
    const found = this.config.providers.find(({ name }) => name === provider);
    return found && found.type !== 'sandbox' ? found.apiKeys.size : 0;
  }
}

function isAllowed(key: ApiKey | null, { provider, model }: Candidate, ...asked: string[]): boolean {
  return isModelAllowed(key?.models ?? [], ...asked, model, `${provider}/${model}`);
}

function stateOf(
  { revokedAt, suspendedAt, expiresAt }: ApiKey,
  { disabledAt }: Tenant,
): NonNullable<EffectiveView['key']>['state'] {
  if (revokedAt) return 'revoked';
  if (suspendedAt) return 'suspended';
  if (expiresAt && expiresAt.getTime() <= Date.now()) return 'expired';
  return disabledAt ? 'tenant_disabled' : 'active';
}

/** `KeyPoolInterceptor` is `key_pool`. */
function nameOf(type: string): string {
  return type
    .replace(/Interceptor$/, '')
    .replace(/(?<=.)[A-Z]/g, (letter) => `_${letter}`)
    .toLowerCase();
}
