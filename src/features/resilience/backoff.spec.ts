import { backoffMs } from './backoff';

const settings = { baseMs: 100, maxMs: 1_000 };

describe('backoffMs', () => {
  it('doubles its upper bound with every attempt, up to the maximum', () => {
    const bounds = [2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(attempt, undefined, settings, () => 1));
    expect(bounds).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('draws from the whole range', () => {
    expect(backoffMs(3, undefined, settings, () => 0)).toBe(0);
    expect(backoffMs(3, undefined, settings, () => 0.5)).toBe(100);
  });

  it('waits as long as it is asked to, or not at all when that is too long', () => {
    expect(backoffMs(2, 0.5, settings)).toBe(500);
    expect(backoffMs(2, 1, settings)).toBe(1_000);
    expect(backoffMs(2, 2, settings)).toBeUndefined();
  });
});
