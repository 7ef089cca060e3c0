import fc from 'fast-check';
import { RuleState } from './rule-state';

const BOUNDS = { threshold: 10, below: 5, forMs: 3_000 };

/** Since when it is heard, second by second. */
function judged(values: readonly (number | undefined)[], bounds = BOUNDS): (number | undefined)[] {
  const state = new RuleState(bounds);
  return values.map((value, second) => state.judge(value, second * 1_000));
}

describe('RuleState', () => {
  it('hears what stays above its threshold for long enough, and dates it from the beginning', () => {
    expect(judged([9, 10, 11, 10, 12, 3])).toEqual([undefined, undefined, undefined, undefined, 1_000, undefined]);
  });

  it('is not impressed by what passes, or by silence', () => {
    expect(judged([10, 10, 9, 10, 10, undefined, 10, 10])).toEqual(Array(8).fill(undefined));
  });

  it('once heard, is heard until it is below the lower bound', () => {
    const heard = judged([10, 6, 5, 4, 6, 9], { ...BOUNDS, forMs: 0 });
    expect(heard).toEqual([0, 0, 0, undefined, undefined, undefined]);
  });

  it('never flaps: whatever comes, it begins at the threshold and ends below the lower bound', () => {
    const value = fc.option(fc.double({ min: 0, max: 15, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), fc.integer({ min: 0, max: 4 }), (values, seconds) => {
        const heard = judged(values, { ...BOUNDS, forMs: seconds * 1_000 });
        for (const [i, since] of heard.entries()) {
          const [now, wasHeard] = [values[i], heard[i - 1] !== undefined];
          const least = wasHeard ? BOUNDS.below : BOUNDS.threshold;
          // what is not heard yet may be above the threshold, but not for long enough
          expect(since === undefined ? !wasHeard || (now ?? 0) < least : (now ?? 0) >= least).toBe(true);
        }
      }),
    );
  });
});
