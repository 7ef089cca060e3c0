import type { Comparison } from './compare/compare';
import type { PromotionPlan } from './plan';

export type Verdict =
  | { readonly kind: 'wait' }
  /** To the next step, or to all where there is none. */
  | { readonly kind: 'advance' }
  | { readonly kind: 'roll_back'; readonly reason: string };

/**
 * What becomes of a step of a canary. What is certainly too bad ends it at once; what may be chance is waited for until the step has lasted too
 * long, and is then not enough evidence.
 * @param seconds how long it lasts
 */
export function nextStep(
  { candidate_calls: calls, measures }: Comparison,
  seconds: number,
  { canary }: PromotionPlan,
): Verdict {
  const exceeded = measures.find(({ finding }) => finding === 'exceeded');
  if (exceeded) return { kind: 'roll_back', reason: exceeded.measure };
  const isEnough = calls >= canary.min_calls;
  const open = measures.find(({ finding }) => finding === 'uncertain');
  if (isEnough && !open && seconds >= canary.hold_seconds) return { kind: 'advance' };
  if (seconds < canary.max_step_seconds) return { kind: 'wait' };
  return { kind: 'roll_back', reason: isEnough && open ? open.measure : 'not_enough_evidence' };
}
