import type { Thinking } from '../../contract/request';
import type { Target } from '../codec';

/** How much to think, in this API's words. */
export function encodeThinking(
  thinking: Thinking | undefined,
  target: Target,
  dropped: Set<string>,
): string | undefined {
  if (!thinking || thinking.mode === 'off') return undefined;
  if (target.thinks === false) {
    dropped.add('thinking');
    return undefined;
  }
  const { effort, budgetTokens } = thinking;
  if (effort) return effort === 'max' ? 'xhigh' : effort;
  if (budgetTokens === undefined) return 'medium';
  return budgetTokens <= 2048 ? 'low' : budgetTokens <= 8192 ? 'medium' : 'high';
}
