import { setTimeout as sleep } from 'node:timers/promises';
import { TurnQueue, type Wanted } from './turn-queue';

/** Counts like the table does. */
function counting(delayMs = 1) {
  const sums = new Map<string, number>();
  const asked: (readonly Wanted[])[] = [];
  const count = async (wanted: readonly Wanted[]) => {
    asked.push(wanted);
    await sleep(delayMs);
    return wanted.map(({ tenantId, session, calls }) => {
      const key = `${tenantId} ${session}`;
      sums.set(key, (sums.get(key) ?? 0) + calls);
      return sums.get(key)!;
    });
  };
  return { asked, count };
}
const call = (session: string, tenantId = 't') => ({ tenantId, session });

describe('TurnQueue', () => {
  it('numbers the calls of a session in the order in which they came, and each session for itself', async () => {
    const { count } = counting();
    const queue = new TurnQueue(count, 1_000);
    const turns = await Promise.all(
      [call('a'), call('b'), call('a'), call('a', 'u'), call('a')].map((c) => queue.next(c)),
    );
    expect(turns).toEqual([1, 1, 2, 1, 3]);
    expect(await queue.next(call('a'))).toBe(4);
  });

  it('asks once for all who come while it asks', async () => {
    const { asked, count } = counting(20);
    const queue = new TurnQueue(count, 1_000);
    const first = queue.next(call('a'));
    await sleep(5);
    const later = Array.from({ length: 500 }, () => queue.next(call('a')));
    expect(await first).toBe(1);
    expect(new Set(await Promise.all(later)).size).toBe(500);
    expect(asked.map((wanted) => wanted.length)).toEqual([1, 1]);
  });

  it('sorts what it asks for, so that processes cannot wait for each other', async () => {
    const { asked, count } = counting();
    const queue = new TurnQueue(count, 1_000);
    await Promise.all(['c', 'a', 'b'].map((session) => queue.next(call(session))));
    expect(asked[0]?.map(({ session }) => session)).toEqual(['a', 'b', 'c']);
  });

  it('gives none when counting fails, and goes on', async () => {
    let broken = true;
    const { count } = counting();
    const queue = new TurnQueue((wanted) => (broken ? Promise.reject(new Error('away')) : count(wanted)), 1_000);
    expect(await queue.next(call('a'))).toBeUndefined();
    broken = false;
    expect(await queue.next(call('a'))).toBe(1);
  });

  it('gives none when counting takes too long', async () => {
    const { count } = counting(50);
    const queue = new TurnQueue(count, 10);
    expect(await queue.next(call('a'))).toBeUndefined();
    await queue.settled();
    expect(await new TurnQueue(count, 500).next(call('a'))).toBe(2);
  });
});
