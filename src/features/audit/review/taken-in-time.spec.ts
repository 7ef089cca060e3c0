import { jest } from '@jest/globals';
import { takenInTime } from './taken-in-time';

describe('chunks that somebody must go on taking', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function* letters(): Generator<Buffer> {
    for (const letter of 'abc') yield Buffer.from(letter);
  }
  function made(pause: () => Promise<void> = async () => undefined) {
    const told: string[] = [];
    async function* chunks() {
      try {
        for (const letter of letters()) {
          await pause();
          yield letter;
        }
      } finally {
        told.push('ended');
      }
    }
    const taken = takenInTime(chunks(), 1_000, () => void told.push('late'))[Symbol.asyncIterator]();
    return { told, taken };
  }

  it('end when nobody does', async () => {
    const { told, taken } = made();
    await taken.next();
    await jest.advanceTimersByTimeAsync(999);
    await taken.next();
    await jest.advanceTimersByTimeAsync(999);
    expect(told).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(told).toEqual(['late', 'ended']);
    expect(await taken.next()).toMatchObject({ done: true });
  });

  it('take as long as they take to be made', async () => {
    const { told, taken } = made(() => new Promise((resolve) => setTimeout(resolve, 5_000)));
    const next = taken.next();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await next).toMatchObject({ value: Buffer.from('a') });
    expect(told).toEqual([]);
  });

  it('are not late once they have ended', async () => {
    const [whole, left] = [made(), made()];
    for (let step = await whole.taken.next(); !step.done;) step = await whole.taken.next();
    await left.taken.next();
    await left.taken.return?.();
    await jest.advanceTimersByTimeAsync(5_000);
    expect([whole.told, left.told]).toEqual([['ended'], ['ended']]);
  });
});
