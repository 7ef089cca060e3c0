import type {
  BreakerPolicy,
  BulkheadPolicy,
  CachePolicy,
  DegradationPolicy,
  FallbackPolicy,
  KeyPolicy,
  Policies,
  RetryPolicy,
  TimeoutPolicy,
} from './policies';

export interface PolicyScope {
  readonly provider?: string;
  /** The provider's name for the model. */
  readonly model?: string;
  readonly tenant?: { readonly id: string; readonly name: string };
}

/** What really protects one call. */
export interface Policy {
  readonly timeout: TimeoutPolicy;
  readonly retry: RetryPolicy;
  readonly breaker: BreakerPolicy;
  readonly keys: KeyPolicy;
  readonly fallback: FallbackPolicy;
  readonly degradation: DegradationPolicy;
  readonly cache: CachePolicy;
  /** Each counts for itself; a model or tenant without one is not limited. */
  readonly bulkhead: {
    readonly provider: BulkheadPolicy;
    readonly model?: BulkheadPolicy;
    readonly tenant?: BulkheadPolicy;
  };
}

/** Defaults, then provider, model and tenant, each field by field. */
export function effectivePolicy(policies: Policies, { provider, model, tenant }: PolicyScope): Policy {
  const { defaults } = policies;
  const ofProvider = provider === undefined ? undefined : own(policies.providers, provider);
  const ofModel =
    provider === undefined || model === undefined ? undefined : own(policies.models, `${provider}/${model}`);
  const ofTenant = tenant && policies.tenants[tenantEntry(policies, tenant) ?? ''];
  return {
    timeout: merged(defaults.timeout, ofProvider?.timeout, ofModel?.timeout, ofTenant?.timeout),
    retry: merged(defaults.retry, ofProvider?.retry, ofModel?.retry, ofTenant?.retry),
    breaker: merged(defaults.breaker, ofProvider?.breaker, ofModel?.breaker),
    keys: merged(defaults.keys, ofProvider?.keys),
    fallback: merged(defaults.fallback, ofModel?.fallback, ofTenant?.fallback),
    degradation: merged(defaults.degradation, ofModel?.degradation, ofTenant?.degradation),
    cache: {
      ...merged<Omit<CachePolicy, 'similar'>>(defaults.cache, ofModel?.cache, ofTenant?.cache),
      similar: merged(defaults.cache.similar, ofModel?.cache?.similar, ofTenant?.cache?.similar),
    },
    bulkhead: {
      provider: merged(defaults.bulkhead, ofProvider?.bulkhead),
      ...(ofModel?.bulkhead && { model: merged(defaults.bulkhead, ofModel.bulkhead) }),
      ...(ofTenant?.bulkhead && { tenant: merged(defaults.bulkhead, ofTenant.bulkhead) }),
    },
  };
}

/** How long a call may take at most, whoever makes it. */
export function longestCallMs({ defaults, providers, models, tenants }: Policies): number {
  const own = [providers, models, tenants].flatMap((scope) =>
    Object.values(scope).map(({ timeout }) => timeout?.totalMs ?? 0),
  );
  return Math.max(defaults.timeout.totalMs, ...own);
}

/** The name under which `tenants` has an entry for this tenant. */
export function tenantEntry(
  { tenants }: { readonly tenants: Readonly<Record<string, object>> },
  { id, name }: { id: string; name: string },
): string | undefined {
  const lower = name.toLowerCase();
  return (
    Object.keys(tenants).find((entry) => entry === id || entry.toLowerCase() === lower) ??
    (Object.hasOwn(tenants, '*') ? '*' : undefined)
  );
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Later fields win; an absent one leaves what was there. */
function merged<T extends object>(
  base: T,
  ...over: readonly (Partial<{ [K in keyof T]: T[K] | undefined }> | undefined)[]
): T {
  return over.reduce<T>((result, layer) => (layer ? { ...result, ...layer } : result), base);
}
