import fc from 'fast-check';
import { backoffMs, type BackoffSettings } from './backoff';

const settings = (backoff: BackoffSettings['backoff']): BackoffSettings => ({ backoff, baseMs: 100, maxMs: 1_000 });

describe('backoffMs', () => {
  it.each([
    ['exponential' as const, [100, 200, 400, 800, 1_000, 1_000]],
    ['linear' as const, [100, 200, 300, 400, 500, 600]],
    ['fibonacci' as const, [100, 100, 200, 300, 500, 800]],
  ])('lets its longest wait grow %s, up to the maximum', (backoff, bounds) => {
    expect([1, 2, 3, 4, 5, 6].map((n) => backoffMs(n, undefined, settings(backoff), () => 1))).toEqual(bounds);
  });

  it('draws from the whole range', () => {
    expect(backoffMs(2, undefined, settings('exponential'), () => 0)).toBe(0);
    expect(backoffMs(2, undefined, settings('exponential'), () => 0.5)).toBe(100);
  });

  it('waits exactly as long as it is asked to, or not at all when that is too long', () => {
    expect(backoffMs(1, 0.5, settings('linear'))).toBe(500);
    expect(backoffMs(1, 1, settings('linear'))).toBe(1_000);
    expect(backoffMs(1, 2, settings('linear'))).toBeUndefined();
  });

  it('never waits longer than the maximum, whatever is configured', () => {
    const kind = fc.constantFrom('exponential' as const, 'linear' as const, 'fibonacci' as const);
    const ms = fc.integer({ min: 1, max: 3_600_000 });
    const after = fc.option(fc.nat(7_200), { nil: undefined });
    fc.assert(
      fc.property(kind, ms, ms, fc.integer({ min: 1, max: 9 }), after, (backoff, baseMs, maxMs, n, retryAfter) => {
        const wait = backoffMs(n, retryAfter, { backoff, baseMs, maxMs }) ?? 0;
        return wait >= 0 && wait <= maxMs;
      }),
    );
  });
});
