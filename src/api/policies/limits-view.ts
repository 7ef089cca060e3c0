import type { Limit, Limits, TenantLimits } from '../../features/limits';
import type { ApiKey } from '../../features/tenancy';
import type { Config } from '../../platform/config/config';
import type { EffectiveView } from './effective-schema';

type View = EffectiveView['limits'];
type LimitView = View['concurrency'];

/**
 * The limits that hold for a call, each with who says so.
 * @param target the model that is to answer first, as provider/model; undefined when the key may use none
 */
export function limitsView(
  { keyRpm, addressRpm }: Config['limits'],
  rules: TenantLimits,
  key: Pick<ApiKey, 'rpm' | 'tpm' | 'concurrency'> | null,
  target: string | undefined,
): View {
  const settings = (value: number): LimitView => ({ value, from: 'settings' });
  const own = (value: number | null | undefined, otherwise: LimitView): LimitView =>
    value === null || value === undefined ? otherwise : { value, from: 'key' };
  return {
    requests_per_minute: own(key?.rpm, settings(keyRpm)),
    address_requests_per_minute: settings(addressRpm),
    tokens_per_minute: own(key?.tpm, NONE),
    concurrency: own(key?.concurrency, NONE),
    user: ofScope(rules.users),
    tenant: ofScope(rules.tenant),
    model: ofScope(target === undefined ? undefined : rules.model(target)),
  };
}

/** Whether anything has such a limit, beside the requests of the key. */
export function limited({ tokens_per_minute, concurrency, user, tenant, model }: View): {
  concurrency: boolean;
  callLimits: boolean;
} {
  const scopes = [user, tenant, model];
  const isSet = ({ value }: LimitView): boolean => value !== null;
  return {
    concurrency: [concurrency, ...scopes.map((scope) => scope.concurrency)].some(isSet),
    callLimits: [
      tokens_per_minute,
      ...scopes.flatMap((scope) => [scope.requests_per_minute, scope.tokens_per_minute]),
    ].some(isSet),
  };
}

const NONE: LimitView = { value: null, from: 'none' };

function ofScope(limits: Limits | undefined): View['user'] {
  const view = (limit: Limit | undefined): LimitView => limit ?? NONE;
  return {
    requests_per_minute: view(limits?.rpm),
    tokens_per_minute: view(limits?.tpm),
    concurrency: view(limits?.concurrency),
  };
}
