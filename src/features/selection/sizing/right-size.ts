import type { ModelRequest } from '../../../contract/request';
import type { SizedFacts } from '../../../contract/selection';
import type { SelectionPolicy } from '../selection-policies';

/**
 * The maximum of answer tokens to ask for, where the caller's is absent or more than an answer is likely to need. Undefined where it is
 * left as it is: a model that is told to think is told with its maximum how much.
 * @param expected tokens that an answer is likely to need at most; undefined where that is not known
 */
export function rightSize(
  request: ModelRequest,
  { rightSize: wanted, rightSizeFloor }: Pick<SelectionPolicy, 'rightSize' | 'rightSizeFloor'>,
  expected: number | undefined,
): SizedFacts | undefined {
  if (!wanted || expected === undefined || request.operation !== 'chat') return undefined;
  const { thinking, maxTokens: asked } = request;
  if (thinking && thinking.mode !== 'off') return undefined;
  const sent = Math.max(expected, rightSizeFloor);
  if (asked !== undefined && asked <= sent) return undefined;
  return { sent, ...(asked !== undefined && { asked }) };
}
