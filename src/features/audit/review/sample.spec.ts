import fc from 'fast-check';
import { rankOf, Sample } from './sample';

const drawn = (size: number, seed: string, indexes: Iterable<number>) => {
  const sample = new Sample(size, seed);
  for (const index of indexes) sample.offer(index);
  return sample.indexes;
};

describe('Sample', () => {
  it('is the entries of the lowest ranks, whoever draws it and in whatever order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(1_000_000), { maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        fc.string({ minLength: 1, maxLength: 32 }),
        (indexes, size, seed) => {
          const byRank = [...indexes].sort((a, b) => Buffer.compare(rankOf(seed, a), rankOf(seed, b)));
          const expected = byRank.slice(0, size).sort((a, b) => a - b);
          expect(drawn(size, seed, indexes)).toEqual(expected);
          expect(drawn(size, seed, indexes.toReversed())).toEqual(expected);
        },
      ),
    );
  });

  it('keeps everything when there is less than asked for, and says how much there was', () => {
    const sample = new Sample(10, 'seed');
    for (const index of [3, 1, 2]) sample.offer(index);
    expect([sample.indexes, sample.population]).toEqual([[1, 2, 3], 3]);
  });

  it('has a rank that other languages agree on', () => {
    // printf 'gatehouse-audit-sample/v1\nseed\n7' | sha256sum
    expect(rankOf('seed', 7).toString('hex')).toBe('a29a775b7600dbaf6a1a2f8e5a3ac94e451a227dd5afddfebfc44f9173f6075b');
  });

  it('prefers nobody', () => {
    const counts = Array.from({ length: 20 }, () => 0);
    for (let seed = 0; seed < 2_000; seed++)
      for (const index of drawn(5, `s${seed}`, counts.keys())) counts[index] = (counts[index] ?? 0) + 1;
    // 500 each on average, with a standard deviation of about 19
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(100);
  });
});
