import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemorySlots, RedisSlots, type ConcurrencySlots } from '../../src/features/limits';
import { startRedis, type TestRedis } from '../support/redis';

type Slots = ConcurrencySlots & { readonly size: number };
const one = (counter: string, limit: number) => [{ scope: 'key', counter, limit }] as const;
let keys = 0;
const aKey = () => `${process.pid}:${++keys}`;
const taken = async (slots: Slots, key: string, limit: number) => {
  try {
    await slots.acquire(one(key, limit));
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'concurrency_limited', retryAfter: 1 });
    return true;
  }
};

/** What every counter of calls under way must do, whoever it counts for. */
function behavesLikeConcurrencySlots(make: () => Slots): void {
  it('gives out as many slots as the limit says, also when all are wanted at once', async () => {
    const slots = make();
    const key = aKey();
    const asked = await Promise.all(Array.from({ length: 50 }, () => taken(slots, key, 20)));
    expect(asked.filter((refused) => !refused)).toHaveLength(20);
    expect(await taken(slots, aKey(), 1)).toBe(false);
  });

  it('takes a slot back once, however often it is given back', async () => {
    const slots = make();
    const key = aKey();
    const release = await slots.acquire(one(key, 2));
    await slots.acquire(one(key, 2));
    release();
    release();
    expect(await taken(slots, key, 2)).toBe(false);
    expect(await taken(slots, key, 2)).toBe(true);
  });

  it('takes a slot everywhere or nowhere, and says where there is none', async () => {
    const slots = make();
    const [key, user, tenant] = [aKey(), aKey(), aKey()];
    const seats = [
      ...one(key, 3),
      { scope: 'user', counter: user, limit: 2 },
      { scope: 'tenant', counter: tenant, limit: 1 },
    ] as const;
    const release = await slots.acquire(seats);
    const refused = async () => slots.acquire(seats);
    await expect(refused()).rejects.toMatchObject({
      message: 'Limit of 1 concurrent calls for this tenant reached',
      facts: { details: { scope: 'tenant', limit: 1, unit: 'concurrent calls' } },
    });
    expect([await taken(slots, key, 2), await taken(slots, user, 2)]).toEqual([false, false]);
    release();
    await expect(refused()).resolves.toBeInstanceOf(Function);
  });

  it('remembers nothing of keys that hold no slot', async () => {
    const slots = make();
    const releases = await Promise.all(Array.from({ length: 100 }, async () => slots.acquire(one(aKey(), 1))));
    expect(slots.size).toBe(100);
    for (const release of releases) release();
    expect(slots.size).toBe(0);
  });
}

describe('MemorySlots', () => behavesLikeConcurrencySlots(() => new MemorySlots()));

describe('RedisSlots', () => {
  let server: TestRedis;
  const clients: Redis[] = [];
  const client = (): Redis => {
    const redis = new Redis(server.url, { maxRetriesPerRequest: 1 });
    redis.on('error', () => undefined);
    clients.push(redis);
    return redis;
  };
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    for (const redis of clients) redis.disconnect();
    await server?.stop();
  });

  describe('alone', () => behavesLikeConcurrencySlots(() => new RedisSlots(client())));

  it('shares the limit between processes', async () => {
    const processes = [new RedisSlots(client()), new RedisSlots(client())];
    const key = aKey();
    const asked = await Promise.all(
      processes.flatMap((slots) => Array.from({ length: 15 }, () => taken(slots, key, 20))),
    );
    expect(asked.filter((refused) => !refused)).toHaveLength(20);
  });

  it('frees the slots of a process that died, and keeps those of calls that last', async () => {
    const [lasting, dead] = [new RedisSlots(client(), { leaseMs: 900 }), client()];
    const key = aKey();
    await lasting.acquire(one(key, 2));
    await dead.zadd(`gatehouse:slots:${key}`, Date.now() + 900, 'dead:1');
    expect(await taken(lasting, key, 2)).toBe(true);
    await sleep(1_300);
    expect(await taken(lasting, key, 2)).toBe(false);
    expect(await taken(lasting, key, 2)).toBe(true);
  });

  it('counts for itself while Redis is silent, and tells a Redis that has forgotten', async () => {
    const raw = client();
    const slots = new RedisSlots(client(), { leaseMs: 900 });
    const key = aKey();
    await slots.acquire(one(aKey(), 1));
    server.pause();
    const started = performance.now();
    expect(await taken(slots, key, 1)).toBe(false);
    expect(performance.now() - started).toBeLessThan(300);
    expect(await taken(slots, key, 1)).toBe(true);
    server.resume();
    await raw.flushall();
    for (const end = Date.now() + 5_000; (await raw.zcard(`gatehouse:slots:${key}`)) !== 1; await sleep(50))
      expect(Date.now()).toBeLessThan(end);
  });
});
