import { setTimeout as sleep } from 'node:timers/promises';
import { eachOf } from './each-of';

// eslint-disable-next-line @typescript-eslint/require-await -- what comes is asynchronous wherever it comes from
async function* numbers(count: number, seen: { begun: number; closed?: boolean }): AsyncGenerator<number, void> {
  try {
    for (let n = 1; n <= count; n++) {
      seen.begun = n;
      yield n;
    }
  } finally {
    seen.closed = true;
  }
}

describe('work on each of many', () => {
  it('is done so many at a time, and no more is taken than is worked on', async () => {
    const seen = { begun: 0 };
    let [under, most, ahead] = [0, 0, 0];
    const done: number[] = [];
    await eachOf(numbers(50, seen), 4, async (n) => {
      most = Math.max(most, ++under);
      ahead = Math.max(ahead, seen.begun - done.length);
      await sleep(1);
      under--;
      done.push(n);
    });
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(most).toBe(4);
    expect(ahead).toBeLessThanOrEqual(5);
  });

  it('ends with the first failure, once what was under way is over', async () => {
    const seen: { begun: number; closed?: boolean } = { begun: 0 };
    let under = 0;
    const work = eachOf(numbers(1_000, seen), 3, async (n) => {
      under++;
      await sleep(n % 3);
      under--;
      if (n === 7) throw new Error('the seventh');
    });
    await expect(work).rejects.toThrow('the seventh');
    expect(under).toBe(0);
    expect(seen.begun).toBeLessThan(12);
    expect(seen.closed).toBe(true);
  });
});
