import type { Call } from '../contract/call';
import type { Reply } from '../contract/reply';

/** An answer that was kept from a call which asked for validation, as this one does: only conforming ones were. */
export function vouched(kept: Reply, { validation }: Pick<Call, 'validation'>): Reply {
  return validation ? { ...kept, validated: 'valid' } : kept;
}
