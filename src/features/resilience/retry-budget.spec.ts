import fc from 'fast-check';
import { RetryBudget } from './retry-budget';

const WINDOW_MS = 10_000;
const allowance = { budgetRatio: 0.2, budgetMinimum: 2 };

function setUp() {
  let time = 0;
  const budget = new RetryBudget(() => time);
  const after = (ms: number) => void (time += ms);
  const calls = (n: number, model = 'p/m') => {
    for (let i = 0; i < n; i++) budget.called(model);
  };
  /** How many of `n` retries are made. */
  const retries = (n: number, model = 'p/m') =>
    Array.from({ length: n }, () => budget.allows(model, allowance)).filter(Boolean).length;
  return { after, calls, retries };
}

describe('RetryBudget', () => {
  it('always allows the minimum, and beyond it a share of the calls', () => {
    const { calls, retries } = setUp();
    calls(1);
    expect(retries(10)).toBe(2);
    calls(99);
    expect(retries(100)).toBe(18);
  });

  it('counts each model for itself', () => {
    const { calls, retries } = setUp();
    calls(1);
    expect([retries(5), retries(5, 'p/other')]).toEqual([2, 2]);
  });

  it('forgets after ten seconds', () => {
    const { after, calls, retries } = setUp();
    calls(100);
    expect(retries(100)).toBe(20);
    after(9_000);
    expect(retries(100)).toBe(0);
    after(2_000);
    expect(retries(100)).toBe(2);
  });

  it('does not remember models without end: the one used longest ago starts anew', () => {
    const { after, retries } = setUp();
    expect(retries(5, 'p/first')).toBe(2);
    after(1);
    for (let i = 0; i < 2_000; i++) retries(1, `p/${i}`);
    expect([retries(5, 'p/1999'), retries(5, 'p/first')]).toEqual([1, 2]);
  });

  it('never allows more than the greater of minimum and share, in whatever order calls and retries come', () => {
    const step = fc.record({ ms: fc.nat(3_000), calls: fc.nat(20), retries: fc.nat(20) });
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), ratio, fc.nat(5), (steps, budgetRatio, budgetMinimum) => {
        let time = 0;
        const budget = new RetryBudget(() => time);
        const made = { calls: [] as number[], retries: [] as number[] };
        const within = (times: readonly number[]) => times.filter((at) => at > time - WINDOW_MS).length;
        for (const { ms, calls, retries } of steps) {
          time += ms;
          for (let i = 0; i < calls; i++) budget.called('p/m');
          made.calls.push(...Array<number>(calls).fill(time));
          for (let i = 0; i < retries; i++)
            if (budget.allows('p/m', { budgetRatio, budgetMinimum })) made.retries.push(time);
          const most = Math.max(budgetMinimum, Math.ceil(budgetRatio * within(made.calls)));
          // a share of the calls that have meanwhile grown old was granted before, never after
          if (retries && made.retries.at(-1) === time && within(made.retries) > most) return false;
        }
        return true;
      }),
    );
  });
});
