import { DeploySettings } from '../../platform/config/deploy-settings';
import { type Held, hold, Regression } from './hold';
import type { Counts } from './metrics/counts';

const counts = (calls: number, failed = 0, startedAt = 1): Counts => ({
  startedAt,
  calls,
  failed,
  attempts: calls,
  failedAttempts: 0,
  fallbacks: 0,
  answers: calls,
  faults: 0,
  durations: {},
  firstTokens: {},
});

/** @param fresh what the new colour has counted, look by look; the last one stays */
function held(fresh: Counts[], changes: Partial<Held> = {}): Held {
  let look = 0;
  return {
    to: 'green',
    from: 'blue',
    alone: false,
    baseline: counts(0),
    holdSeconds: 0.1,
    mostHoldSeconds: 0.2,
    tolerances: { ...DeploySettings.parse({}).compare, calls: 20 },
    counts: async (colour) => (colour === 'green' ? (fresh[look++] ?? (fresh.at(-1) as Counts)) : counts(1_000)),
    isUp: async () => true,
    lookMs: 20,
    signal: new AbortController().signal,
    ...changes,
  };
}

describe('a share that is held', () => {
  it('ends well with enough calls', async () => {
    await expect(hold(held([counts(0), counts(50)]))).resolves.toMatch(/^50 calls, failed calls 0 %/);
  });

  it('waits for calls, and gives up when too few come', async () => {
    await expect(hold(held([counts(0), counts(3), counts(30)]))).resolves.toMatch(/^30 calls/);
    await expect(hold(held([counts(0), counts(3)]))).rejects.toThrow(/too few calls: 3 of 20/);
  });

  it('goes on without knowing where that is wanted', async () => {
    const tolerances = { ...held([]).tolerances, tooFew: 'proceed' as const };
    await expect(hold(held([counts(0)], { tolerances }))).resolves.toMatch(/^went on without knowing/);
  });

  it('is worse when two looks in a row say so, and not when one does', async () => {
    await expect(hold(held([counts(0), counts(40, 20)]))).rejects.toThrow(Regression);
    const [once, then] = [counts(100, 5), counts(10_000, 5)];
    await expect(hold(held([counts(0), once, then]))).resolves.toMatch(/^10000 calls/);
  });

  it('is worse when the release goes down, or starts anew by itself', async () => {
    await expect(hold(held([counts(0)], { isUp: async () => false }))).rejects.toThrow(/green is down/);
    await expect(hold(held([counts(5), counts(1, 0, 2)]))).rejects.toThrow(/started anew/);
  });
});
