import type { ChatRequest } from '../../../contract/request';
import type { Complexity } from '../../../contract/selection';
import type { SelectionPolicy } from '../selection-policies';
import { featuresOf } from './features';
import { RULES } from './rules';

export interface Assessment {
  readonly level: Complexity;
  /** The names of the rules that hold, in the order of the table. */
  readonly reasons: readonly string[];
}

/** How hard a call looks. The same call is always judged alike: nothing is learnt and nobody is asked. */
export function assess(
  request: ChatRequest,
  { mediumScore, highScore }: Pick<SelectionPolicy, 'mediumScore' | 'highScore'>,
): Assessment {
  const features = featuresOf(request);
  const holding = RULES.filter(({ holds }) => holds(features));
  const score = holding.reduce((sum, { points }) => sum + points, 0);
  const level = score >= highScore ? 'high' : score >= mediumScore ? 'medium' : 'low';
  return { level, reasons: holding.map(({ name }) => name) };
}
