import type { Comparison, Finding } from './compare/compare';
import { nextStep } from './next-step';
import { PromotionPlan } from './plan';

const plan = PromotionPlan.parse({ canary: { hold_seconds: 60, min_calls: 100, max_step_seconds: 600 } });
const seen = (calls: number, ...findings: Finding[]): Comparison => ({
  candidate_calls: calls,
  rest_calls: 1_000,
  measures: findings.map((finding, i) => {
    return { measure: `m${i}`, candidate: 1, rest: 1, value: 1, at_least: 1, limit: 1, finding };
  }),
});

it.each<[string, Comparison, number, ReturnType<typeof nextStep>]>([
  ['goes on when it lasted long enough and is well', seen(100, 'kept', 'unknown'), 60, { kind: 'advance' }],
  ['waits for its time', seen(5_000, 'kept'), 59, { kind: 'wait' }],
  ['waits for its calls', seen(99, 'kept'), 300, { kind: 'wait' }],
  ['waits where it may be chance', seen(200, 'kept', 'uncertain'), 300, { kind: 'wait' }],
  ['goes back at once when it is certain', seen(8, 'kept', 'exceeded'), 1, { kind: 'roll_back', reason: 'm1' }],
  [
    'goes back when there is nothing to go by',
    seen(99, 'kept'),
    600,
    { kind: 'roll_back', reason: 'not_enough_evidence' },
  ],
  ['goes back when it stays in doubt', seen(200, 'uncertain'), 600, { kind: 'roll_back', reason: 'm0' }],
  ['goes on at the last moment', seen(200, 'kept'), 600, { kind: 'advance' }],
])('%s', (_, comparison, seconds, verdict) => {
  expect(nextStep(comparison, seconds, plan)).toEqual(verdict);
});
