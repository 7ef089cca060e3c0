import fc from 'fast-check';
import { differenceOfShares, meanInterval, ONE_LOOK, quantileInterval, wilson } from './intervals';

it('knows a share as well as the textbook', () => {
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  expect(wilson(10, 100, ONE_LOOK).low).toBeCloseTo(0.0552, 3);
  expect(wilson(10, 100, ONE_LOOK).high).toBeCloseTo(0.1744, 3);
  expect(wilson(0, 10).low).toBe(0);
  expect(wilson(10, 10).high).toBe(1);
});

it('knows the difference of two shares as well as the textbook', () => {
  // Newcombe 1998, method 10: 56 of 70 and 48 of 80
  const { low, high } = differenceOfShares({ hits: 56, of: 70 }, { hits: 48, of: 80 }, ONE_LOOK);
  expect(low).toBeCloseTo(0.0524, 3);
  expect(high).toBeCloseTo(0.3339, 3);
});

it('holds what it is an interval of', () => {
  const values = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (all, share) => {
      const sorted = all.toSorted((a, b) => a - b);
      const quantile = quantileInterval(sorted, share)!;
      expect(quantile.low).toBeLessThanOrEqual(quantile.value);
      expect(quantile.high).toBeGreaterThanOrEqual(quantile.value);
      const mean = meanInterval(all)!;
      expect(mean.low).toBeLessThanOrEqual(mean.value);
      expect(mean.high).toBeGreaterThanOrEqual(mean.value);
    }),
  );
  expect(quantileInterval([], 0.5)).toBeUndefined();
  expect(meanInterval([])).toBeUndefined();
});
