import { combine, scoreOf, withoutOverlaps, type MatchedRule } from './assessment';

const rule = (family: MatchedRule['family'], weight: number, start = 0, end = 1): MatchedRule => ({
  id: `x.${family}`,
  family,
  start,
  end,
  weight,
});

describe('a score', () => {
  it.each([
    [[], 0],
    [[rule('override', 0.5)], 0.5],
    [[rule('override', 0.5), rule('persona', 0.5)], 0.75],
    [[rule('override', 0.5), rule('override', 0.5)], 0.575],
  ])('of %j is %d', (rules, score) => {
    expect(scoreOf(rules)).toBe(score);
  });

  it('never reaches the threshold of blocking by one rule many times over', () => {
    expect(scoreOf(Array.from({ length: 50 }, () => rule('role_marker', 0.7)))).toBeLessThan(0.9);
  });

  it('counts the same words once within a family', () => {
    const rules = [rule('override', 0.5, 0, 10), rule('override', 0.8, 5, 20), rule('persona', 0.4, 0, 10)];
    expect(withoutOverlaps(rules).map(({ weight }) => weight)).toEqual([0.4, 0.8]);
  });

  it('of several parts is that of the worst, with every rule and signal', () => {
    const parts = [
      { score: 0.4, rules: [rule('persona', 0.4)], signals: ['invisible' as const] },
      { score: 0.6, rules: [rule('override', 0.6)], signals: ['invisible' as const, 'encoded' as const] },
    ];
    expect(combine(parts)).toEqual({
      score: 0.6,
      rules: [...(parts[0]?.rules ?? []), ...(parts[1]?.rules ?? [])],
      signals: ['invisible', 'encoded'],
    });
    expect(combine([])).toEqual({ score: 0, rules: [], signals: [] });
  });
});
