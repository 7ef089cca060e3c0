import fc from 'fast-check';
import { compact, cosine } from './vector';

const SEED = 20_261_128;
const vectors = fc.array(fc.float({ min: -1, max: 1, noNaN: true, noDefaultInfinity: true }), {
  minLength: 64,
  maxLength: 64,
});

function exact(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('compact vectors', () => {
  it(`have nearly the same cosine as those they were made of (seed ${SEED})`, () => {
    fc.assert(
      fc.property(vectors, vectors, (a, b) => {
        const [x, y] = [compact(Float32Array.from(a)), compact(Float32Array.from(b))];
        fc.pre(x !== undefined && y !== undefined);
        expect(Math.abs(cosine(x!, y!) - exact(a, b))).toBeLessThan(0.02);
        expect(cosine(x!, y!)).toBe(cosine(y!, x!));
        expect(cosine(x!, x!)).toBeCloseTo(1);
      }),
      { seed: SEED },
    );
  });

  it('do not depend on the length of the vector', () => {
    expect(compact(Float32Array.of(3, 4))).toEqual(compact(Float32Array.of(0.3, 0.4)));
  });

  it.each([[[]], [[0, 0]], [[NaN, 1]], [[Infinity, 1]]])('are not made of %j', (values) => {
    expect(compact(Float32Array.from(values))).toBeUndefined();
  });

  it('are not made of too many numbers, and hold as many as they are made of', () => {
    expect(compact(new Float32Array(65_537).fill(1))).toBeUndefined();
    const most = compact(new Float32Array(65_536).fill(1))!;
    expect(cosine(most, most)).toBeCloseTo(1);
  });

  it('of different lengths have nothing in common', () => {
    expect(cosine(Int8Array.of(1), Int8Array.of(1, 0))).toBe(0);
    expect(cosine(Int8Array.of(0), Int8Array.of(0))).toBe(0);
  });
});
