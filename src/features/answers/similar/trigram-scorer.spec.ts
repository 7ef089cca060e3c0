import { trigramScorer } from './trigram-scorer';

const score = async (a: string, b: string) => (await trigramScorer.score(a, [b]))[0] ?? NaN;

describe('trigramScorer', () => {
  it('is 1 for the same letters, 0 for none in common, and the same in both directions', async () => {
    expect(await score('Opening  hours?', 'opening hours?')).toBe(1);
    expect(await score('abc', 'xyz')).toBe(0);
    expect(await score('', 'abc')).toBe(0);
    expect(await score('', '')).toBe(0);
    expect(await score('a', 'a')).toBe(1);
    expect(await score('aaaa', 'aab')).toBe(await score('aab', 'aaaa'));
  });

  it('counts runs as often as they occur', async () => {
    // " aaaa " has " aa" aaa aaa "aa ", " aab " has " aa" aab "ab "
    expect(await score('aaaa', 'aab')).toBeCloseTo(2 / 7);
  });

  it('falls with the share that differs', async () => {
    const near = await score('what are the opening hours', 'what are your opening hours');
    const far = await score('what are the opening hours', 'when do you open');
    expect(near).toBeGreaterThan(0.7);
    expect(far).toBeLessThan(0.4);
  });
});
