import type { JobEvent } from './job-reader.store';
import { KeyFeed, type KeyEvent } from './key-feed';
import type { RecentJob } from './recent-jobs.store';

const KEY = 'key';
const NOW = Date.now();
const idAt = (ms: number, n = 1): string => {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`;
};

/** Jobs of one key, as the database would show them. */
class Jobs {
  readonly jobs = new Map<string, { seq: number; over: boolean }>();
  readonly asked: [string, number][] = [];
  private readonly listeners: ((id: string, taken: boolean) => void)[] = [];

  put(id: string, seq: number, over = false): void {
    this.jobs.set(id, { seq, over });
    for (const listener of this.listeners) listener(id, false);
  }
  on(listener: (id: string, taken: boolean) => void): void {
    this.listeners.push(listener);
  }
  since(): Promise<readonly RecentJob[]> {
    return Promise.resolve([...this.jobs].map(([id, job]) => ({ id, keyId: KEY, ...job })));
  }
  own(_key: string, ids: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(ids.filter((id) => this.jobs.has(id)));
  }
  changes(id: string, after: number): Promise<readonly JobEvent[] | undefined> {
    this.asked.push([id, after]);
    const seq = this.jobs.get(id)?.seq ?? 0;
    return Promise.resolve(seq > after ? [{ seq, type: 'progress', progress: seq }] : []);
  }
}

describe('KeyFeed', () => {
  let jobs: Jobs;
  let feed: KeyFeed;
  let ending: AbortController;
  const [early, late] = [idAt(NOW - 600_000), idAt(NOW)];

  beforeEach(() => {
    jobs = new Jobs();
    feed = new KeyFeed(jobs, jobs, jobs, 20);
    ending = new AbortController();
  });
  afterEach(() => {
    ending.abort();
    feed.stop();
  });
  const take = async (events: AsyncGenerator<KeyEvent, void>, count: number): Promise<[string, number][]> => {
    const taken: [string, number][] = [];
    while (taken.length < count) {
      const { value } = await events.next();
      if (!value) break;
      taken.push([value.jobId, value.event.seq]);
    }
    return taken;
  };

  it('tells of jobs that are under way as they are, of others when they change', async () => {
    jobs.put(early, 3);
    jobs.put(late, 5, true);
    const events = feed.follow(KEY, new Map(), ending.signal);
    expect(await take(events, 1)).toEqual([[early, 3]]);
    const more = take(events, 2);
    jobs.put(early, 4, true);
    expect((await Promise.all([more, Promise.resolve(jobs.put(late, 6))]))[0]).toEqual(
      expect.arrayContaining([
        [early, 4],
        [late, 6],
      ]),
    );
  });

  it('takes up where somebody left off, and tells of what was handed in since', async () => {
    const [known, done] = [idAt(NOW - 300_000), idAt(NOW - 299_000, 2)];
    jobs.put(early, 9, true);
    jobs.put(known, 9, true);
    jobs.put(done, 2, true);
    const events = feed.follow(KEY, new Map([[known, 7]]), ending.signal);
    expect(await take(events, 2)).toEqual([
      [known, 9],
      [done, 2],
    ]);
    expect(jobs.asked).toContainEqual([known, 7]);
    expect(jobs.asked.map(([id]) => id)).not.toContain(early);
  });

  it('tells nothing of jobs that are not of the key', async () => {
    jobs.put(early, 1);
    const events = feed.follow(KEY, new Map([[late, 0]]), ending.signal);
    expect(await take(events, 1)).toEqual([[early, 1]]);
    expect(jobs.asked.map(([id]) => id)).not.toContain(late);
  });

  it('ends with its reader, and with the process', async () => {
    const first = feed.follow(KEY, new Map(), ending.signal).next();
    const second = feed.follow(KEY, new Map(), new AbortController().signal).next();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(feed.size).toBe(2);
    ending.abort();
    expect(await first).toEqual({ value: undefined, done: true });
    expect(feed.size).toBe(1);
    feed.stop();
    expect(await second).toEqual({ value: undefined, done: true });
  });
});
