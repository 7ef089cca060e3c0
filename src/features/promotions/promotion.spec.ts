import { FlagDefinition } from '../../platform/config/flags';
import { canaryFlag, flagName } from './canary-flag';
import { PromotionPlan } from './plan';
import { isOver, mayBecome, PROMOTION_STATES } from './promotion';

const ID = '019a0000-0000-7000-8000-00000000c0de';

it('leaves a final state for nothing, but what was promoted may go back', () => {
  const over = PROMOTION_STATES.filter(isOver);
  expect(over).toEqual(['promoted', 'rolled_back', 'rejected', 'cancelled', 'failed']);
  for (const from of over)
    for (const to of PROMOTION_STATES) expect(mayBecome(from, to)).toBe(from === 'promoted' && to === 'rolled_back');
  expect(mayBecome('evaluating', 'canary')).toBe(false);
  expect(mayBecome('awaiting_approval', 'promoted')).toBe(false);
});

it('has a flag of its own that any alias can have', () => {
  const plan = PromotionPlan.parse({});
  for (const alias of ['fast', 'Team.A_b', 'x'.repeat(64)]) {
    expect(flagName(alias, ID)).toMatch(/^[a-z][a-z0-9-]{0,63}$/);
    const flag = canaryFlag({ alias, candidate: 'openai/x', id: ID, plan }, 1);
    expect(FlagDefinition.parse(flag)).toMatchObject({
      decides: { what: 'model', alias },
      rollout: { percent: 50, by: 'user' },
    });
  }
});

it.each([
  [{ canary: { steps: [] } }],
  [{ canary: { steps: [50, 10] } }],
  [{ canary: { steps: [101] } }],
  [{ canary: { hold_seconds: 100, max_step_seconds: 50 } }],
  [{ thresholds: { error_rate: 2 } }],
  [{ thresholds: { latencyRatio: 2 } }],
])('has no plan like %j', (plan) => {
  expect(PromotionPlan.safeParse(plan).success).toBe(false);
});
