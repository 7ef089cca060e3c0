import { Injectable } from '@nestjs/common';
import type { Call } from '../contract/call';
import { isModelAllowed, LimitRules, type Limits, type LimitScope } from '../features/limits';
import { ModelRegistry } from '../features/models';
import { KeyedHash } from '../platform/secrets/keyed-hash';

/** What one call is held to for the sake of one key, user, tenant or model. */
export interface Bound {
  readonly scope: LimitScope;
  /** Names it among all others, without personal data. All of a tenant have the same hash tag. */
  readonly counter: string;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly concurrency?: number;
}

const NONE: readonly Bound[] = [];

/** Which limits hold for a call, beside those that hold for every request of its key. */
@Injectable()
export class CallLimits {
  constructor(
    private readonly rules: LimitRules,
    private readonly models: ModelRegistry,
    private readonly hash: KeyedHash,
  ) {}

  /** The narrowest first; makes nothing where nothing is limited. */
  of(call: Pick<Call, 'caller' | 'user' | 'request'>): readonly Bound[] {
    const { caller, user } = call;
    const { tenantId, keyId, limits } = caller;
    const ofKey = limits.tpm !== undefined || limits.concurrency !== undefined;
    if (!ofKey && this.rules.none) return NONE;
    const bounds: Bound[] = [];
    // its requests were counted before the body was read
    if (ofKey) bounds.push({ ...limits, rpm: undefined, scope: 'key', counter: `{${tenantId}}:key:${keyId}` });
    if (this.rules.none) return bounds;
    const own = this.rules.of({ id: tenantId, name: caller.tenantName });
    if (own.users && user !== undefined)
      bounds.push(bound('user', own.users, `{${tenantId}}:user:${this.hash.pseudonym('limit-user', tenantId, user)}`));
    if (own.tenant) bounds.push(bound('tenant', own.tenant, `{${tenantId}}:tenant`));
    const target = own.limitsModels ? this.target(call) : undefined;
    const ofModel = target === undefined ? undefined : own.model(target);
    if (ofModel && target !== undefined)
      // a caller may write anything for the name of a model
      bounds.push(
        bound('model', ofModel, `{${tenantId}}:model:${this.hash.pseudonym('limit-model', tenantId, target)}`),
      );
    return bounds;
  }

  /** The first model behind the name that the key may use; undefined where there is none, which the route stage says. */
  private target({ request, caller }: Pick<Call, 'request' | 'caller'>): string | undefined {
    try {
      const operation = request.operation === 'embeddings' ? 'embeddings' : 'chat';
      const found = this.models
        .resolve(request.model, operation)
        .find(({ provider, model }) => isModelAllowed(caller.models, request.model, model, `${provider}/${model}`));
      return found && `${found.provider}/${found.model}`;
    } catch {
      return undefined;
    }
  }
}

function bound(scope: LimitScope, { rpm, tpm, concurrency }: Limits, counter: string): Bound {
  return { scope, counter, rpm: rpm?.value, tpm: tpm?.value, concurrency: concurrency?.value };
}
