import { setTimeout as sleep } from 'node:timers/promises';
import { CheckpointLoop, type CheckpointLoopParts } from './checkpoint-loop';

describe('the loop of checkpoints', () => {
  it('has begun nothing that still needs the database when it has closed', async () => {
    let [turns, open] = [0, 0];
    const part = (members: object) => members as never;
    const loop = new CheckpointLoop({
      leader: part({ turn: () => Promise.resolve({ more: false, head: ++turns }), release: () => Promise.resolve() }),
      watch: part({ look: () => Promise.resolve(undefined) }),
      distribution: part({ offer: () => undefined, settled: () => Promise.resolve() }),
      duties: part({
        turn: async () => {
          open++;
          await sleep(20);
          open--;
        },
      }),
      recent: part({ age: () => 0 }),
      troubles: part({ report: () => undefined, stopped: undefined }),
      results: part({ report: () => undefined }),
      everyMs: 5,
      maxAgeMs: 1_000,
      requireWitness: false,
      onSeen: () => undefined,
      onAge: () => undefined,
    } satisfies CheckpointLoopParts);
    loop.start();
    await sleep(10);
    const before = turns;
    await loop.close();
    expect(turns).toBeGreaterThan(before);
    expect(open).toBe(0);
  });
});
