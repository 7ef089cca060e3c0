import fc from 'fast-check';
import { pairedBootstrap } from './paired-bootstrap';
import { quantile } from './quantile';
import { seeded } from './random';

it('draws the same for the same seed, from 0 to 1', () => {
  const [a, b] = [seeded(7), seeded(7)];
  const drawn = Array.from({ length: 1_000 }, a);
  expect(drawn).toEqual(Array.from({ length: 1_000 }, b));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
  expect(drawn.reduce((sum, one) => sum + one, 0) / 1_000).toBeCloseTo(0.5, 1);
});

it('names a value that is there', () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(quantile([4, 1, 3, 2], 0.95)).toBe(4);
  expect(quantile([7], 0)).toBe(7);
});

describe('paired bootstrap', () => {
  const pairs = (...differences: number[]) => differences.map((difference) => ({ difference, weight: 1 }));
  it('tells a drop everywhere from one that may be chance', () => {
    expect(pairedBootstrap(pairs(-0.3, -0.2, -0.4, -0.3, -0.2, -0.3))).toMatchObject({ significant: true });
    expect(pairedBootstrap(pairs(-1, 1, 0, 0, 1, -1))).toMatchObject({ significant: false });
  });
  it('concludes nothing from a few cases, or from none', () => {
    expect(pairedBootstrap(pairs(-1, -1))).toMatchObject({ mean: -1, significant: false });
    expect(pairedBootstrap([])).toBeUndefined();
    expect(pairedBootstrap([{ difference: 1, weight: 0 }])).toBeUndefined();
  });
  it('has its mean within its interval, the same each time', () => {
    const pair = fc.record({
      difference: fc.double({ min: -1, max: 1, noNaN: true }),
      weight: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 40 }), (all) => {
        const found = pairedBootstrap(all);
        expect(found).toEqual(pairedBootstrap(all));
        expect(found!.low).toBeLessThanOrEqual(found!.high);
        expect(found!.mean).toBeGreaterThanOrEqual(Math.min(...all.map(({ difference }) => difference)) - 1e-9);
      }),
      { numRuns: 25 },
    );
  });
});
