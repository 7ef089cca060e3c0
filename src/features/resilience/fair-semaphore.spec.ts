import { getEventListeners } from 'node:events';
import { ManualTimers } from '../../../test/support/manual-timers';
import { FairSemaphore } from './fair-semaphore';

const limit = { concurrency: 1, queue: 10, queueMs: 100 };

function setUp() {
  const timers = new ManualTimers();
  const semaphore = new FairSemaphore(timers);
  const { signal } = new AbortController();
  const enter = (tenant: string, over: Partial<typeof limit> = {}, patience = {}) =>
    semaphore.enter(tenant, { ...limit, ...over }, { until: Infinity, signal, ...patience });
  /** The names of those who came in, in that order. */
  const came: string[] = [];
  const queue = (tenant: string, name = tenant) =>
    void Promise.resolve(enter(tenant)).then((entry) => came.push(entry === 'entered' ? name : `${name} ${entry}`));
  return { timers, semaphore, signal, enter, queue, came };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('FairSemaphore', () => {
  it('lets in at once while there is room', () => {
    const { enter, semaphore } = setUp();
    expect([enter('a', { concurrency: 2 }), enter('a', { concurrency: 2 })]).toEqual(['entered', 'entered']);
    expect(enter('a', { concurrency: 2, queue: 0 })).toBe('full');
    semaphore.leave('a');
    semaphore.leave('a');
    expect(semaphore.size).toBe(0);
    expect(() => semaphore.leave('a')).toThrow('without having entered');
  });

  it('serves one tenant in the order of arrival', async () => {
    const { queue, semaphore, came } = setUp();
    for (const name of ['first', 'second', 'third']) queue('a', name);
    semaphore.leave('a');
    semaphore.leave('a');
    await turn();
    expect(came).toEqual(['first', 'second', 'third']);
  });

  it('gives a free slot to whoever holds the fewest, then to whoever has gone longest without', async () => {
    const { enter, semaphore, came } = setUp();
    const two = { concurrency: 3 };
    const queue = (tenant: string) => void Promise.resolve(enter(tenant, two)).then(() => came.push(tenant));
    for (const tenant of ['a', 'a', 'b', 'a', 'b', 'c', 'd']) queue(tenant);
    semaphore.leave('a'); // a 1, b 1: c and d have none, c came first
    semaphore.leave('b'); // b and d have none, and b has just had one
    await turn();
    expect(came).toEqual(['a', 'a', 'b', 'c', 'd']);
  });

  it('does not let a flood keep anybody else from the next free slot', async () => {
    const { enter, semaphore } = setUp();
    const flood = Array.from({ length: 1_001 }, () => enter('flood', { queue: 1_000 }));
    expect([flood[0], semaphore.waiting]).toEqual(['entered', 1_000]);
    const other = enter('other', { queue: 1_000 });
    semaphore.leave('flood');
    expect(await other).toBe('entered');
    expect(await flood.at(-1)).toBe('displaced');
  });

  it('refuses a newcomer of those who have the most waiting', () => {
    const { enter, queue } = setUp();
    queue('a');
    for (const tenant of ['a', 'b']) void enter(tenant, { queue: 2 });
    expect(enter('a', { queue: 2 })).toBe('full');
    expect(enter('b', { queue: 2 })).toBe('full');
    expect(enter('c', { queue: 2 })).toBeInstanceOf(Promise);
  });

  it('lets nobody wait for longer than the policy or the call allows', async () => {
    const { enter, timers, signal } = setUp();
    void enter('a');
    const ended: string[] = [];
    for (const entry of [enter('a'), enter('a', {}, { until: 30 }), enter('a', { queueMs: 10 })])
      void Promise.resolve(entry).then((how) => ended.push(`${how} ${timers.now()}`));
    for (let ms = 0; ms < 101; ms++) {
      timers.advance(1);
      await turn();
    }
    expect(ended).toEqual(['late 10', 'late 30', 'late 100']);
    expect(enter('a', {}, { until: timers.now() })).toBe('late');
    expect([timers.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
  });

  it('lets go of whoever hangs up, and leaves no trace', async () => {
    const { enter, semaphore, timers } = setUp();
    void enter('a');
    const caller = new AbortController();
    const waiting = enter('b', {}, { signal: caller.signal });
    caller.abort();
    expect(await waiting).toBe('gone');
    expect(enter('b', {}, { signal: caller.signal })).toBe('gone');
    expect([semaphore.waiting, semaphore.size, timers.pending]).toEqual([0, 1, 0]);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });

  it('goes by the limits of the call at hand', async () => {
    const { enter, semaphore, timers } = setUp();
    void enter('a');
    const narrow = enter('a', { queueMs: 10 });
    const wide = enter('b', { concurrency: 2 });
    expect(wide).toBe('entered');
    const wider = enter('a', { concurrency: 2 });
    semaphore.leave('b'); // one is in use still: too many for the first in line
    timers.advance(10);
    expect([await narrow, await wider, semaphore.inUse]).toEqual(['late', 'entered', 2]);
  });
});
