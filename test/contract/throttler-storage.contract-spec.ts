import { Redis } from 'ioredis';
import {
  CounterWindows,
  MemoryCounters,
  RedisCounters,
  SlidingWindowStorage,
  type WindowStorage,
} from '../../src/features/limits';
import { startRedis } from '../support/redis';

const LONG = 60_000;

/** What every storage of request counts must do, whatever it counts in. */
function behavesLikeAWindowStorage(make: () => WindowStorage): void {
  let storage: WindowStorage;
  let key: string;
  let keys = 0;
  beforeEach(async () => {
    storage = make();
    key = `${process.pid}:${++keys}`;
    // a minute that ends in the middle of a test would allow one call more
    const left = LONG - (Date.now() % LONG);
    if (left < 3_000) await sleep(left);
  });

  it('counts up to the limit and then refuses, counting remaining down by one', async () => {
    for (let i = 1; i <= 5; i++)
      expect(await storage.increment(key, LONG, 5)).toMatchObject({ totalHits: i, isBlocked: false });
    for (let i = 0; i < 3; i++)
      expect(await storage.increment(key, LONG, 5)).toMatchObject({ totalHits: 6, isBlocked: true });
  });

  it('admits exactly the limit when everybody comes at once', async () => {
    const records = await Promise.all(Array.from({ length: 200 }, () => storage.increment(key, LONG, 50)));
    expect(records.filter(({ isBlocked }) => !isBlocked)).toHaveLength(50);
  });

  it('counts every key by itself', async () => {
    await storage.increment(key, LONG, 1);
    expect((await storage.increment(key, LONG, 1)).isBlocked).toBe(true);
    expect((await storage.increment(`${key}:other`, LONG, 1)).isBlocked).toBe(false);
  });

  it('says when the window ends and how long to wait', async () => {
    const first = await storage.increment(key, LONG, 1);
    expect(first.timeToExpire).toBeGreaterThanOrEqual(1);
    expect(first.timeToExpire).toBeLessThanOrEqual(60);
    expect(first.timeToBlockExpire).toBe(0);
    const second = await storage.increment(key, LONG, 1);
    expect(second.timeToBlockExpire).toBeGreaterThanOrEqual(second.timeToExpire);
    expect(second.timeToBlockExpire).toBeLessThanOrEqual(61);
  });

  it('admits again after the wait it asked for', async () => {
    await storage.increment(key, 1_000, 1);
    const refused = await untilBlocked(storage, key);
    await sleep(refused.timeToBlockExpire * 1_000);
    expect((await storage.increment(key, 1_000, 1)).isBlocked).toBe(false);
  });
}

async function untilBlocked(storage: WindowStorage, key: string) {
  for (;;) {
    const record = await storage.increment(key, 1_000, 1);
    if (record.isBlocked) return record;
  }
}

describe('SlidingWindowStorage', () => behavesLikeAWindowStorage(() => new SlidingWindowStorage()));

describe('CounterWindows in memory', () => behavesLikeAWindowStorage(() => new CounterWindows(new MemoryCounters())));

describe('CounterWindows on Redis', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let clients: Redis[];
  const client = (): Redis => {
    const redis = new Redis(server.url, { maxRetriesPerRequest: 1 });
    redis.on('error', () => undefined);
    clients.push(redis);
    return redis;
  };

  beforeAll(async () => {
    server = await startRedis();
    clients = [];
  });
  afterAll(async () => {
    for (const redis of clients ?? []) redis.disconnect();
    await server?.stop();
  });

  const nobody = Object.assign(new MemoryCounters(), {
    take: () => Promise.reject(new Error('the fallback was asked')),
  });
  const windows = (...[redis, fallback, options]: ConstructorParameters<typeof RedisCounters>) =>
    new CounterWindows(new RedisCounters(redis, fallback, options));
  // what is counted must be right however slow the machine is; that slowness is noticed has its own test
  const patient = { deadlineMs: 10_000 };
  describe('alone', () => behavesLikeAWindowStorage(() => windows(client(), nobody, patient)));

  it('shares its counts between processes', async () => {
    const [one, two] = [client(), client()].map((redis) => windows(redis, nobody, patient));
    const key = `${process.pid}:shared`;
    const records = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (i % 2 ? one : two)!.increment(key, LONG, 50)),
    );
    expect(records.filter(({ isBlocked }) => !isBlocked)).toHaveLength(50);
  });

  it('leaves nothing behind for ever', async () => {
    const redis = client();
    await windows(redis, nobody, { ...patient, prefix: 'expiring:' }).increment('k', LONG, 5);
    const ttl = await redis.pttl('expiring:k');
    expect(ttl).toBeGreaterThan(LONG);
    expect(ttl).toBeLessThanOrEqual(2 * LONG);
  });

  it('counts in memory while Redis is silent, says so once, and returns by itself', async () => {
    const states: boolean[] = [];
    const storage = windows(client(), new MemoryCounters(), {
      onStateChange: (up) => states.push(up),
    });
    const key = `${process.pid}:outage`;
    await storage.increment(key, LONG, 100);
    server.pause();
    const started = Date.now();
    const records = await Promise.all(Array.from({ length: 200 }, () => storage.increment(key, LONG, 50)));
    expect(records.filter(({ isBlocked }) => !isBlocked)).toHaveLength(50);
    expect(Date.now() - started).toBeLessThan(1_000);
    expect((await timed(() => storage.increment(key, LONG, 50))).ms).toBeLessThan(50);
    expect(states).toEqual([false]);
    server.resume();
    await sleep(1_100);
    expect((await storage.increment(key, LONG, 1_000)).isBlocked).toBe(false);
    expect(states).toEqual([false, true]);
  });
});

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work();
  return { result, ms: performance.now() - started };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
