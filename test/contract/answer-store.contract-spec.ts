import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { AnswerStore } from '../../src/features/answers/answer-store';
import { MemoryAnswerStore } from '../../src/features/answers/memory-answer-store';
import { RedisAnswerStore } from '../../src/features/answers/redis-answer-store';
import { SealedBox } from '../../src/platform/secrets/sealed-box';
import { until } from '../support/ask';
import { startRedis, type TestRedis } from '../support/redis';

const LONG = 60_000;
const CANARY = 'canary-4711@example.org';
const answer = Buffer.from(`{"text":"${CANARY} – größe"}`);
const newKey = (): string => randomBytes(16).toString('base64url');

/** What every store of answers must do, wherever it keeps them. */
function behavesLikeAnAnswerStore(make: () => AnswerStore): void {
  let store: AnswerStore;
  let place: { tenantId: string; key: string };
  beforeEach(() => {
    store = make();
    place = { tenantId: 'tenant', key: newKey() };
  });

  it('gives back what was kept, as often as it is asked', async () => {
    expect(await store.find(place)).toBeUndefined();
    await store.keep(place, answer, LONG);
    expect(await store.find(place)).toEqual(answer);
    expect(await store.find(place)).toEqual(answer);
  });

  it('keeps any bytes, and many of them', async () => {
    const bytes = randomBytes(1_000_000);
    await store.keep(place, bytes, LONG);
    expect((await store.find(place))?.equals(bytes)).toBe(true);
    const none = { ...place, key: newKey() };
    await store.keep(none, Buffer.alloc(0), LONG);
    expect(await store.find(none)).toHaveLength(0);
  });

  it('gives it for no other key and to no other tenant', async () => {
    await store.keep(place, answer, LONG);
    expect(await store.find({ ...place, key: newKey() })).toBeUndefined();
    expect(await store.find({ ...place, tenantId: 'neighbour' })).toBeUndefined();
  });

  it('keeps the last one', async () => {
    await store.keep(place, answer, LONG);
    await store.keep(place, Buffer.from('newer'), LONG);
    expect(String(await store.find(place))).toBe('newer');
  });

  it('removes what has a label, of that tenant alone, and says which', async () => {
    const askedAt = Date.now();
    const places = [1, 2, 3].map(() => ({ ...place, key: newKey() }));
    const [both, first, neither] = places;
    const [one, two] = [newKey(), newKey()];
    await store.keep(both!, answer, LONG, { labels: [one, two], askedAt });
    await store.keep(first!, answer, LONG, { labels: [one], askedAt });
    await store.keep(neither!, answer, LONG, { labels: [newKey()], askedAt });
    expect((await store.purge({ tenantId: 'tenant', label: newKey() })).size).toBe(0);
    expect([...(await store.purge({ tenantId: 'tenant', label: two }))]).toEqual([both!.key]);
    const found = await Promise.all(places.map((at) => store.find(at)));
    expect(found.map((bytes) => !!bytes)).toEqual([false, true, true]);
    expect([...(await store.purge({ tenantId: 'tenant', label: one }))]).toEqual([first!.key]);
    expect(await store.find(neither!)).toEqual(answer);
  });

  it('does not keep what was asked for before its label was purged, but what is asked for then', async () => {
    const label = newKey();
    const askedAt = Date.now() - 10;
    await store.purge({ tenantId: 'tenant', label });
    await store.keep(place, answer, LONG, { labels: [label], askedAt });
    expect(await store.find(place)).toBeUndefined();
    await store.keep(place, answer, LONG, { labels: [label], askedAt: Date.now() + 10 });
    expect(await store.find(place)).toEqual(answer);
  });

  it('forgets it in time', async () => {
    await store.keep(place, answer, 500);
    expect(await store.find(place)).toEqual(answer);
    await until(async () => (await store.find(place)) === undefined || undefined);
  });
}

describe('MemoryAnswerStore', () => {
  behavesLikeAnAnswerStore(() => new MemoryAnswerStore(10_000_000));

  it('gives up what was not asked for the longest when there is too much', async () => {
    const store = new MemoryAnswerStore(4_000);
    const at = (i: number) => ({ tenantId: 't', key: String(i) });
    for (let i = 0; i < 3; i++) await store.keep(at(i), Buffer.alloc(1_000), LONG);
    await store.find(at(0));
    await store.keep(at(3), Buffer.alloc(1_000), LONG);
    const found = await Promise.all([0, 1, 2, 3].map(async (i) => !!(await store.find(at(i)))));
    expect(found).toEqual([true, false, true, true]);
    await store.keep(at(4), Buffer.alloc(4_000), LONG);
    expect(await store.find(at(4))).toBeUndefined();
    expect(await store.find(at(3))).toBeDefined();
  });

  it('counts small answers too', async () => {
    const store = new MemoryAnswerStore(100_000);
    for (let i = 0; i < 10_000; i++) await store.keep({ tenantId: 't', key: String(i) }, Buffer.alloc(1), LONG);
    const found = [];
    for (let i = 0; i < 10_000; i++) found.push(await store.find({ tenantId: 't', key: String(i) }));
    expect(found.filter(Boolean).length).toBeLessThan(400);
  });

  it('takes nothing from those that keep little, whatever one tenant keeps', async () => {
    const store = new MemoryAnswerStore(10_000);
    const small = { tenantId: 'small', key: 'k' };
    await store.keep(small, Buffer.alloc(1_000), LONG);
    for (let i = 0; i < 100; i++) await store.keep({ tenantId: 'large', key: String(i) }, Buffer.alloc(1_000), LONG);
    expect(await store.find(small)).toHaveLength(1_000);
    expect(await store.find({ tenantId: 'large', key: '99' })).toHaveLength(1_000);
    expect(await store.find({ tenantId: 'large', key: '0' })).toBeUndefined();
  });
});

describe('RedisAnswerStore', () => {
  let server: TestRedis;
  const clients: Redis[] = [];
  const box = new SealedBox(Buffer.alloc(32, 7));
  const client = (url = server.url): Redis => {
    // as the gateway connects
    const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
    redis.on('error', () => undefined);
    clients.push(redis);
    return redis;
  };
  const ready = async (url?: string): Promise<Redis> => {
    const redis = client(url);
    await until(() => redis.status === 'ready' || undefined);
    return redis;
  };
  const nothing = () => new MemoryAnswerStore(0);

  let shared: Redis;
  beforeAll(async () => {
    server = await startRedis();
    shared = await ready();
  });
  afterAll(async () => {
    for (const redis of clients) redis.disconnect();
    await server?.stop();
  });

  describe('alone', () => behavesLikeAnAnswerStore(() => new RedisAnswerStore(shared, box, nothing())));
  describe('with memory', () =>
    behavesLikeAnAnswerStore(() => new RedisAnswerStore(shared, box, new MemoryAnswerStore(10_000_000))));

  it('shares answers between processes that have the same master key', async () => {
    const place = { tenantId: 'tenant', key: newKey() };
    await new RedisAnswerStore(shared, box, nothing()).keep(place, answer, LONG);
    expect(await new RedisAnswerStore(await ready(), box, nothing()).find(place)).toEqual(answer);
    const stranger = new SealedBox(Buffer.alloc(32, 8));
    expect(await new RedisAnswerStore(shared, stranger, nothing()).find(place)).toBeUndefined();
  });

  it('takes what was changed or moved for nothing', async () => {
    const store = new RedisAnswerStore(shared, box, nothing());
    const [one, two] = [newKey(), newKey()];
    await store.keep({ tenantId: 'tenant', key: one }, answer, LONG);
    const sealed = await shared.getBuffer(`gatehouse:answer:${one}`);
    await shared.set(`gatehouse:answer:${two}`, sealed!);
    expect(await store.find({ tenantId: 'tenant', key: two })).toBeUndefined();
    for (const garbage of ['', 'x', CANARY.repeat(10)]) {
      await shared.set(`gatehouse:answer:${two}`, garbage);
      expect(await store.find({ tenantId: 'tenant', key: two })).toBeUndefined();
    }
  });

  it('leaves nothing readable behind, and nothing for ever', async () => {
    const place = { tenantId: 'tenant', key: newKey() };
    await new RedisAnswerStore(shared, box, nothing()).keep(place, answer, 5_000);
    const [name = ''] = await shared.keys(`*${place.key}*`);
    expect((await shared.getBuffer(name))?.includes(CANARY)).toBe(false);
    const ttl = await shared.pttl(name);
    expect(ttl).toBeGreaterThan(1_000);
    expect(ttl).toBeLessThanOrEqual(5_000);
  });

  it('asks a Redis that is silent only now and then, finds what it kept itself, and returns by itself', async () => {
    let asked = 0;
    let now = 0;
    const own = await startRedis();
    const redis = await ready(own.url);
    const counted = new Proxy(redis, {
      get: (target, name: keyof Redis) => {
        if (name === 'getBuffer' || name === 'set') asked++;
        return (target[name] as () => unknown).bind(target);
      },
    });
    const store = new RedisAnswerStore(counted, box, new MemoryAnswerStore(10_000), () => now);
    const [mine, theirs] = ['mine', 'theirs'].map((key) => ({ tenantId: 'tenant', key }));
    await store.keep(mine!, answer, LONG);
    await new RedisAnswerStore(redis, box, nothing()).keep(theirs!, answer, LONG);
    own.pause();
    asked = 0;
    expect(await store.find(mine!)).toEqual(answer);
    for (let i = 0; i < 50; i++) expect(await store.find(theirs!)).toBeUndefined();
    await store.keep(mine!, Buffer.from('newer'), LONG);
    expect(String(await store.find(mine!))).toBe('newer');
    expect(asked).toBe(1);
    own.resume();
    now = 1_000;
    expect(await store.find(theirs!)).toEqual(answer);
    await own.stop();
    await until(() => redis.status !== 'ready' || undefined);
    // it was found before
    expect(await store.find(theirs!)).toEqual(answer);
    expect(await store.find({ tenantId: 'tenant', key: 'unknown' })).toBeUndefined();
  });

  it('asks Redis again for what it knows after a second, and so learns of a newer answer', async () => {
    let now = Date.now();
    const memory = () => new MemoryAnswerStore(10_000, () => now);
    const [one, two] = [1, 2].map(() => new RedisAnswerStore(shared, box, memory(), () => now));
    const place = { tenantId: 'tenant', key: newKey() };
    await one!.keep(place, answer, LONG);
    expect(await two!.find(place)).toEqual(answer);
    await one!.keep(place, Buffer.from('newer'), LONG);
    now += 1_000;
    expect(String(await two!.find(place))).toBe('newer');
  });

  describe('of several processes', () => {
    const label = 'l'.repeat(22);
    const process = () => new RedisAnswerStore(shared, box, new MemoryAnswerStore(10_000_000));
    const kept = async (store: AnswerStore, askedAt = Date.now()) => {
      const place = { tenantId: 'tenant', key: newKey() };
      await store.keep(place, answer, LONG, { labels: [label], askedAt });
      return place;
    };

    it('removes any number of them', async () => {
      const keys = Array.from({ length: 1_200 }, newKey);
      const commands = shared.pipeline();
      for (const key of keys)
        commands.set(`gatehouse:answer:${key}`, 'x').zadd('gatehouse:answers:many', Date.now() + LONG, key);
      await commands.exec();
      expect((await process().purge({ tenantId: 'tenant', label: 'many' })).size).toBe(1_200);
      expect(await shared.exists(...keys.map((key) => `gatehouse:answer:${key}`))).toBe(0);
    });

    it('drops in all of them what one purges', async () => {
      const [one, two] = [process(), process()];
      await Promise.all([one.follow(), two.follow()]);
      const place = await kept(one);
      expect(await two.find(place)).toEqual(answer);
      expect([...(await one.purge({ tenantId: 'tenant', label }))]).toEqual([place.key]);
      expect(await one.find(place)).toBeUndefined();
      await two.follow();
      expect(await two.find(place)).toBeUndefined();
      expect(await process().find(place)).toBeUndefined();
    });

    it('leaves what was kept after a purge of its own', async () => {
      const one = process();
      await one.follow();
      const before = await kept(one);
      await one.purge({ tenantId: 'tenant', label });
      const after = await kept(one, Date.now() + 1);
      await one.follow();
      expect(await one.find(before)).toBeUndefined();
      for (const store of [one, process()]) expect(await store.find(after)).toEqual(answer);
    });

    it('does not keep what was asked for before a purge that came meanwhile, here or elsewhere', async () => {
      const [one, two] = [process(), process()];
      await Promise.all([one.follow(), two.follow()]);
      const askedAt = Date.now() - 10;
      await one.purge({ tenantId: 'tenant', label });
      const late = await kept(two, askedAt);
      expect(await two.find(late)).toEqual(answer);
      await two.follow();
      for (const store of [one, two, process()]) expect(await store.find(late)).toBeUndefined();
      expect(await one.find(await kept(two, askedAt))).toBeUndefined();
    });

    it('forgets everything it keeps itself when it cannot know any more what was purged', async () => {
      const [one, two] = [process(), process()];
      await two.follow();
      const place = await kept(two);
      await one.purge({ tenantId: 'tenant', label: 'another' });
      await shared.del('gatehouse:answer-purges', `gatehouse:answer:${place.key}`);
      await two.follow();
      expect(await two.find(place)).toBeUndefined();
      await shared.del('gatehouse:answer-purge');
      const again = await kept(two);
      await shared.del(`gatehouse:answer:${again.key}`);
      await two.follow();
      expect(await two.find(again)).toBeUndefined();
    });

    it('says so when it cannot purge', async () => {
      const own = await startRedis();
      const store = new RedisAnswerStore(await ready(own.url), box, new MemoryAnswerStore(10_000));
      const place = await kept(store);
      await own.stop();
      await expect(store.purge({ tenantId: 'tenant', label })).rejects.toThrow();
      expect(await store.find(place)).toBeUndefined();
    });

    it('files no more under a label than is kept, and nothing for ever', async () => {
      const store = process();
      const own = { labels: ['short-lived'], askedAt: Date.now() };
      for (let i = 0; i < 20; i++) await store.keep({ tenantId: 'tenant', key: newKey() }, answer, 20, own);
      await new Promise((next) => setTimeout(next, 50));
      await store.keep({ tenantId: 'tenant', key: newKey() }, answer, 2_000, own);
      await store.keep({ tenantId: 'tenant', key: newKey() }, answer, 1_000, own);
      expect(await shared.zcard('gatehouse:answers:short-lived')).toBe(2);
      const ttl = await shared.pttl('gatehouse:answers:short-lived');
      expect(ttl).toBeGreaterThan(1_000);
      expect(ttl).toBeLessThanOrEqual(2_000);
    });
  });
});
