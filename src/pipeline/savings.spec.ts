import type { Usage } from '../contract/reply';
import { savingsOf } from './savings';

const usage: Usage = { inputTokens: 100, cacheReadTokens: 20, cacheWriteTokens: 3, outputTokens: 50 };
const cheap = { input: 1_000_000, output: 2_000_000 };
const dear = { input: 5_000_000, output: 25_000_000 };
const trimmed = { tokens: 40, turns: 0, duplicates: 1 };

describe('savingsOf', () => {
  it('is the difference between two prices for what was used, to the picodollar', () =>
    expect(savingsOf({ usage, paid: cheap, instead: dear })).toEqual([
      { by: 'selection', tokens: 0, picos: 123n * 4_000_000n + 50n * 23_000_000n },
    ]));

  it('is negative when the chosen model is dearer', () =>
    expect(savingsOf({ usage, paid: dear, instead: cheap })[0]?.picos).toBe(-(123n * 4_000_000n + 50n * 23_000_000n)));

  it('counts what was left out of the prompt at the price of the model that answered', () =>
    expect(savingsOf({ usage, paid: cheap, trimmed })).toEqual([{ by: 'trimming', tokens: 40, picos: 40_000_000n }]));

  it('tells tokens where a price is not known, and nothing where there is nothing', () => {
    expect(savingsOf({ usage, paid: undefined, instead: dear, trimmed })).toEqual([{ by: 'trimming', tokens: 40 }]);
    expect(savingsOf({ usage, paid: cheap, instead: cheap })).toEqual([]);
    expect(savingsOf({ usage, paid: cheap, trimmed: { ...trimmed, tokens: 0 } })).toEqual([]);
  });

  it.each([NaN, -5, 1.5e300])('takes %d tokens for what they may be', (tokens) => {
    const [saved] = savingsOf({ usage: { ...usage, outputTokens: tokens }, paid: cheap, instead: dear });
    expect(saved?.picos).toBeGreaterThanOrEqual(0n);
  });
});
