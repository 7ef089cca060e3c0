import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from './in-parallel';

describe('work in parallel', () => {
  it('keeps the order of the items, and never does more at once than it may', async () => {
    let [open, most] = [0, 0];
    const items = Array.from({ length: 20 }, (_, i) => i);
    const doubled = await inParallel(items, 3, async (item) => {
      most = Math.max(most, ++open);
      await sleep((item * 7) % 5);
      open--;
      return item * 2;
    });
    expect(doubled).toEqual(items.map((item) => item * 2));
    expect(most).toBe(3);
  });

  it('takes items while they are made', async () => {
    const seen: string[] = [];
    async function* source(): AsyncGenerator<number> {
      for (let i = 0; i < 4; i++) {
        seen.push(`made ${i}`);
        yield i;
        await sleep(5);
      }
    }
    await inParallel(source(), 2, async (item) => void seen.push(`done ${item}`));
    expect(seen.indexOf('done 0')).toBeLessThan(seen.indexOf('made 2'));
  });

  it('begins nothing after a failure, and closes the source', async () => {
    const done: number[] = [];
    let closed = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (let i = 0; i < 100; i++) yield i;
      } finally {
        closed = true;
      }
    }
    const work = inParallel(source(), 2, async (item) => {
      await sleep(1);
      if (item === 3) throw new Error('three');
      done.push(item);
    });
    await expect(work).rejects.toThrow('three');
    expect(done.length).toBeLessThan(6);
    expect(closed).toBe(true);
  });

  it('does nothing where there is nothing', async () => {
    await expect(inParallel([], 4, async () => 1)).resolves.toEqual([]);
  });
});
