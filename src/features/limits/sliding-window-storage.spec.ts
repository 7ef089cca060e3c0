import { SlidingWindowStorage } from './sliding-window-storage';

const MINUTE = 60_000;
const START = 1_000 * MINUTE;

/** Reproducible randomness (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('SlidingWindowStorage', () => {
  let now = START;
  const storage = (maxKeys?: number) => new SlidingWindowStorage(maxKeys, () => now);
  beforeEach(() => (now = START));

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('never admits more than the limit in one window (seed %i)', (seed) => {
    const next = random(seed);
    const limit = 1 + Math.floor(next() * 40);
    const meanGap = (MINUTE / limit) * next();
    const windows = storage();
    const admitted = new Map<number, number>();
    for (let i = 0; i < 5_000; i++) {
      now += Math.floor(-Math.log(1 - next()) * meanGap);
      if (windows.hit('k', MINUTE, limit).isBlocked) continue;
      const window = Math.floor(now / MINUTE);
      admitted.set(window, (admitted.get(window) ?? 0) + 1);
    }
    expect(admitted.size).toBeGreaterThan(0);
    for (const count of admitted.values()) expect(count).toBeLessThanOrEqual(limit);
  });

  it.each([1, 2, 3, 4])('admits what it promised when somebody waits as long as told (seed %i)', (seed) => {
    const next = random(seed);
    const limit = 1 + Math.floor(next() * 10);
    const windows = storage();
    let refusals = 0;
    for (let i = 0; i < 2_000; i++) {
      now += Math.floor(next() * 2 * (MINUTE / limit));
      const record = windows.hit('k', MINUTE, limit);
      if (!record.isBlocked) continue;
      refusals++;
      now += record.timeToBlockExpire * 1_000;
      expect(windows.hit('k', MINUTE, limit).isBlocked).toBe(false);
    }
    expect(refusals).toBeGreaterThan(0);
  });

  it('lets somebody pass who keeps exactly to the limit', () => {
    const windows = storage();
    now += 500;
    for (let i = 0; i < 600; i++, now += MINUTE / 60) expect(windows.hit('k', MINUTE, 60).isBlocked).toBe(false);
  });

  it('does not let a burst at the end of a window be repeated at the beginning of the next', () => {
    const windows = storage();
    now = START + MINUTE - 1;
    for (let i = 0; i < 50; i++) windows.hit('k', MINUTE, 50);
    now = START + MINUTE + 1;
    const passed = Array.from({ length: 50 }, () => windows.hit('k', MINUTE, 50)).filter(({ isBlocked }) => !isBlocked);
    expect(passed.length).toBeLessThanOrEqual(1);
  });

  it('keeps counting when the clock steps back', () => {
    const windows = storage();
    now = START + MINUTE + 10;
    windows.hit('k', MINUTE, 1);
    now = START + MINUTE - 10;
    expect(windows.hit('k', MINUTE, 1).isBlocked).toBe(true);
  });

  it('forgets the past by itself and never holds more than it may', () => {
    const windows = storage(100);
    for (let i = 0; i < 1_000; i++) windows.hit(`k${i}`, MINUTE, 5);
    expect(windows.size).toBe(100);
    now += MINUTE;
    for (let i = 0; i < 1_000; i++) windows.hit(`k${i}`, MINUTE, 5);
    expect(windows.size).toBe(200);
    now += 2 * MINUTE;
    windows.hit('k', MINUTE, 5);
    expect(windows.size).toBe(1);
  });
});
