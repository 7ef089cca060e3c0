import type { Call, FlagDecisions } from '../../contract/call';
import type { CacheReason } from '../../contract/reply';
import type { ModelRequest } from '../../contract/request';
import type { CachePolicy, DegradationPolicy } from '../../platform/config/policies';

/** Which past answers a call may be given, and whether its own is kept for others. */
export interface Recall {
  /** The answer to the same request, before a model is asked; and that of an equal call which is being answered. */
  readonly exact: boolean;
  /** Why not. */
  readonly why?: CacheReason;
  /** On bad days. */
  readonly stale: boolean;
  readonly similar: boolean;
  /** Its own answer is kept, for so many seconds; 0: it is not. Nothing is kept where nothing would ever be read. */
  readonly keepSeconds: number;
  /** A kept answer will do although there are many possible ones: with tools, or several at once. */
  readonly many: boolean;
}

export interface RecallPolicy {
  readonly cache: CachePolicy;
  readonly degradation: DegradationPolicy;
}

const NOTHING = { exact: false, stale: false, similar: false, keepSeconds: 0, many: false } as const;

type Asking = Pick<Call, 'request' | 'cacheIntent' | 'revalidates'> & {
  readonly flags?: Pick<FlagDecisions, 'caches'>;
};

/** What flags and the policy allow and the caller wants. */
export function recallOf(
  { cache, degradation }: RecallPolicy,
  { request, cacheIntent: intent, revalidates, flags }: Asking,
): Recall {
  if (intent === 'no-store') return { ...NOTHING, why: intent };
  if (flags && !flags.caches) return { ...NOTHING, why: 'flag' };
  const variety = varietyOf(request, cache);
  const { nondeterministic } = cache;
  // who wants it renewed wants it kept
  const asks = intent === 'use' || intent === 'refresh';
  const many = !variety || nondeterministic === 'always' || (nondeterministic === 'ask' && asks);
  const why = !cache.exact ? 'policy' : many ? undefined : variety;
  const exact = why === undefined;
  const { stale } = degradation;
  const similar = degradation.similar || cache.similar.enabled || intent === 'similar';
  const keepSeconds = Math.max(
    exact ? cache.ttlSeconds + cache.swrSeconds : 0,
    stale || similar ? degradation.staleSeconds : 0,
  );
  if (intent === 'refresh') return { ...NOTHING, keepSeconds, many, why: revalidates ? 'revalidation' : intent };
  return { exact, ...(why && { why }), stale, similar, keepSeconds, many };
}

/** Why the answer is one of many, when it is. */
function varietyOf(
  request: ModelRequest,
  { temperatureUpTo, unsaidTemperature }: CachePolicy,
): 'tools' | 'nondeterministic' | undefined {
  if (request.operation !== 'chat') return undefined;
  const { tools, n = 1, temperature = unsaidTemperature } = request;
  if (tools.length) return 'tools';
  return n > 1 || temperature > temperatureUpTo ? 'nondeterministic' : undefined;
}
