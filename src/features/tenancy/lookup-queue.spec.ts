import { LookupQueue, LookupRefused } from './lookup-queue';

const settled = () => new Promise(setImmediate);

describe('LookupQueue', () => {
  it('runs a few at a time and all of them in the end', async () => {
    const queue = new LookupQueue(3, 100, 1_000);
    let running = 0;
    let most = 0;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        queue.run(async () => {
          most = Math.max(most, ++running);
          await settled();
          running--;
          return i;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(answers).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('refuses what finds no place', async () => {
    const queue = new LookupQueue(1, 1, 1_000);
    let finish = (): void => undefined;
    const first = queue.run(() => new Promise<void>((resolve) => (finish = resolve)));
    const second = queue.run(async () => 2);
    await expect(queue.run(async () => 3)).rejects.toBeInstanceOf(LookupRefused);
    finish();
    await first;
    expect(await second).toBe(2);
  });

  it('goes on after a lookup that failed', async () => {
    const queue = new LookupQueue(1, 10, 1_000);
    const failing = queue.run(() => Promise.reject(new Error('no')));
    const next = queue.run(async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('gives up on a slow lookup, but gives its place away only when it has ended', async () => {
    const queue = new LookupQueue(1, 10, 20);
    let finish = (): void => undefined;
    let started = false;
    await expect(queue.run(() => new Promise<void>((resolve) => (finish = resolve)))).rejects.toBeInstanceOf(
      LookupRefused,
    );
    const next = queue.run(async () => (started = true));
    await settled();
    expect(started).toBe(false);
    finish();
    expect(await next).toBe(true);
  });
});
