import { Window } from './window';

const MINUTE = 60_000;
const T0 = 1_795_000_000_000;

describe('Window', () => {
  it('says nothing of a share until enough was heard, and forgets what is older than its stretch', () => {
    const window = new Window('ratio', MINUTE);
    for (let i = 0; i < 9; i++) window.add(i % 3 ? 1 : 0, T0 + i * 1_000);
    expect(window.value(T0 + 9_000, 10)).toBeUndefined();
    window.add(1, T0 + 9_000);
    expect(window.value(T0 + 9_000, 10)).toBeCloseTo(0.7);
    expect(window.first(T0 + 9_000)).toBe(T0 + 1_000);
    expect(window.value(T0 + 9_000 + 61_000, 1)).toBeUndefined();
    expect(window.first(T0 + 9_000 + 61_000)).toBeUndefined();
  });

  it('counts, keeps the last level, and knows how much one grew', () => {
    const [count, level, rise] = [new Window('count', MINUTE), new Window('level', MINUTE), new Window('rise', MINUTE)];
    for (const [i, value] of [0.1, 0.2, 0.5].entries())
      for (const window of [count, level, rise]) window.add(value, T0 + i * 20_000);
    const at = T0 + 40_000;
    expect(count.value(at)).toBeCloseTo(0.8);
    expect(level.value(at)).toBe(0.5);
    expect(rise.value(at)).toBeCloseTo(0.4);
    // the first is forgotten
    expect(rise.value(at + 30_000)).toBeCloseTo(0.3);
    expect([count.value(at + 120_000), level.value(at + 120_000), rise.value(at + 120_000)]).toEqual([0, 0.5, 0]);
  });

  it('knows to a tenth what 95 of 100 do not exceed', () => {
    const window = new Window('p95', MINUTE);
    for (let ms = 1; ms <= 1_000; ms++) window.add(ms, T0);
    expect(window.value(T0, 20)).toBeGreaterThanOrEqual(950);
    expect(window.value(T0, 20)).toBeLessThan(950 * 1.1);
    expect(window.value(T0, 1_001)).toBeUndefined();
  });

  it('takes a clock that steps back for one that stands still', () => {
    const window = new Window('count', MINUTE);
    window.add(1, T0);
    window.add(1, T0 - 10_000);
    expect(window.value(T0)).toBe(2);
  });
});
