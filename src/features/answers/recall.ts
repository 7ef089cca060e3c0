import type { CacheIntent } from '../../contract/call';
import type { DegradationPolicy } from '../../platform/config/policies';

/** Which past answers a call may be given, and whether its own is kept for others. */
export interface Recall {
  readonly cached: boolean;
  readonly stale: boolean;
  readonly similar: boolean;
  readonly keep: boolean;
}

const NOTHING: Recall = { cached: false, stale: false, similar: false, keep: false };

/** What the policy allows and the caller wants. Nothing is kept where nothing would ever be read. */
export function recallOf({ cached, stale, similar }: DegradationPolicy, intent: CacheIntent | undefined): Recall {
  const wanted = similar || intent === 'similar';
  const keep = cached || stale || wanted;
  if (intent === 'no-store') return NOTHING;
  return intent === 'refresh' ? { ...NOTHING, keep } : { cached, stale, similar: wanted, keep };
}
