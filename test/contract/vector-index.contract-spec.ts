import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { MemoryVectorIndex } from '../../src/features/answers/similar/memory-vector-index';
import { RedisVectorIndex } from '../../src/features/answers/similar/redis-vector-index';
import { SealedQuestions } from '../../src/features/answers/similar/sealed-question';
import type { Remembered, VectorIndex } from '../../src/features/answers/similar/vector-index';
import { SealedBox } from '../../src/platform/secrets/sealed-box';
import { until } from '../support/ask';
import { startRedis, type TestRedis } from '../support/redis';

const LONG = 60_000;
const CANARY = 'canary question 4711';
const name = (): string => randomBytes(8).toString('base64url');

/** A vector that is nearer to the first axis the smaller the angle. */
const at = (degrees: number): Int8Array =>
  Int8Array.of(
    Math.round(127 * Math.cos((degrees * Math.PI) / 180)),
    Math.round(127 * Math.sin((degrees * Math.PI) / 180)),
  );
const question = (key: string, degrees: number, over: Partial<Remembered> = {}): Remembered => ({
  key,
  question: `${CANARY} ${key}`,
  vector: at(degrees),
  requestId: `request-${key}`,
  expiresAt: Date.now() + LONG,
  ...over,
});

/** What every index of questions must do, wherever it keeps them. */
function behavesLikeAVectorIndex(make: () => VectorIndex): void {
  let index: VectorIndex;
  let bucket: { tenantId: string; family: string };
  beforeEach(() => {
    index = make();
    bucket = { tenantId: name(), family: name() };
  });
  const found = async (most = 10, atLeast = 0, where = bucket) =>
    (await index.nearest(where, at(0), most, atLeast)).map(({ key }) => key);

  it('finds the nearest, nearest first, as many as are asked for and none below the bar', async () => {
    for (const [key, degrees] of Object.entries({ far: 80, near: 10, nearer: 5, opposite: 180 }))
      await index.add(bucket, question(key, degrees));
    expect(await found()).toEqual(['nearer', 'near', 'far']);
    expect(await found(2)).toEqual(['nearer', 'near']);
    expect(await found(10, 0.9)).toEqual(['nearer', 'near']);
    const [first] = await index.nearest(bucket, at(5), 1, 0);
    expect(first).toMatchObject({ question: `${CANARY} nearer`, requestId: 'request-nearer' });
    expect(first?.similarity).toBeCloseTo(1);
  });

  it('finds it in no other family and for no other tenant', async () => {
    await index.add(bucket, question('k', 0));
    expect(await found(10, 0, { ...bucket, family: name() })).toEqual([]);
    expect(await found(10, 0, { ...bucket, tenantId: name() })).toEqual([]);
    expect(await found()).toEqual(['k']);
  });

  it('keeps one question for each key, the last', async () => {
    await index.add(bucket, question('k', 80));
    await index.add(bucket, question('k', 0, { requestId: 'second' }));
    const all = await index.nearest(bucket, at(0), 10, 0);
    expect(all.map(({ key, requestId }) => [key, requestId])).toEqual([['k', 'second']]);
  });

  it('forgets it in time', async () => {
    await index.add(bucket, question('k', 0, { expiresAt: Date.now() + 400 }));
    expect(await found()).toEqual(['k']);
    await until(async () => (await found()).length === 0 || undefined);
  });

  it('compares no vectors of another length', async () => {
    await index.add(bucket, question('k', 0, { vector: Int8Array.of(127, 0, 0) }));
    expect(await found(10, 0.1)).toEqual([]);
  });

  describe('when told to forget', () => {
    const other = { family: name() };
    beforeEach(async () => {
      await index.add(bucket, question('a', 0, { subject: 'ada' }));
      await index.add(bucket, question('b', 0, { subject: 'bob' }));
      await index.add({ ...bucket, ...other }, question('c', 0, { subject: 'ada' }));
    });
    const left = async () => [...(await found()), ...(await found(10, 0, { ...bucket, ...other }))].sort();

    it.each([
      ['a key', { keys: new Set(['a']) }, ['b', 'c']],
      ['a subject', { subject: 'ada' }, ['b']],
      ['a key of a subject', { keys: new Set(['a']), subject: 'bob' }, ['a', 'b', 'c']],
      ['all', {}, []],
    ])('forgets %s, wherever it is', async (_what, which, stay) => {
      expect(await left()).toEqual(['a', 'b', 'c']);
      await index.forget({ tenantId: bucket.tenantId, ...which });
      expect(await left()).toEqual(stay);
      await index.add(bucket, question('new', 0));
      expect(await left()).toEqual([...stay, 'new'].sort());
    });

    it('forgets nothing of another tenant', async () => {
      await index.forget({ tenantId: name() });
      expect(await left()).toEqual(['a', 'b', 'c']);
    });
  });
}

describe('MemoryVectorIndex', () => {
  behavesLikeAVectorIndex(() => new MemoryVectorIndex());

  it('gives up the oldest of a tenant that has too many, and of the tenant that was idle the longest', async () => {
    const index = new MemoryVectorIndex(3, 5);
    const keys = async (tenantId: string) =>
      (await index.nearest({ tenantId, family: 'f' }, at(0), 10, 0)).map(({ key }) => key).sort();
    for (const tenantId of ['t', 'u'])
      for (const key of ['1', '2', '3', '4']) await index.add({ tenantId, family: 'f' }, question(key, 0));
    expect(await keys('t')).toEqual(['3', '4']);
    expect(await keys('u')).toEqual(['2', '3', '4']);
    expect(index.size).toBe(5);
    for (let i = 0; i < 100; i++) await index.add({ tenantId: `t${i}`, family: 'f' }, question('k', 0));
    expect(index.size).toBe(5);
    await index.forget({ tenantId: 't99' });
    expect(index.size).toBe(4);
  });
});

describe('RedisVectorIndex', () => {
  let server: TestRedis;
  const clients: Redis[] = [];
  const sealed = new SealedQuestions(new SealedBox(Buffer.alloc(32, 7)));
  const ready = async (url = server.url): Promise<Redis> => {
    // as the gateway connects
    const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
    redis.on('error', () => undefined);
    clients.push(redis);
    await until(() => redis.status === 'ready' || undefined);
    return redis;
  };
  let shared: Redis;
  beforeAll(async () => {
    server = await startRedis();
    shared = await ready();
  });
  afterAll(async () => {
    for (const redis of clients) redis.disconnect();
    await server?.stop();
  });
  const process = (redis = shared, questions = sealed) =>
    new RedisVectorIndex(redis, questions, new MemoryVectorIndex());

  behavesLikeAVectorIndex(() => process());

  /** One process adds, another one looks. */
  describe('of two processes', () => {
    let one: RedisVectorIndex;
    let two: RedisVectorIndex;
    let bucket: { tenantId: string; family: string };
    beforeEach(() => {
      [one, two] = [process(), process()];
      bucket = { tenantId: name(), family: name() };
    });
    const seenBy = async (index: VectorIndex) =>
      (await index.nearest(bucket, at(0), 1_000, 0)).map(({ key }) => key).sort();

    it('finds what the other one added, before and after it looked first', async () => {
      await one.add(bucket, question('a', 0));
      expect(await seenBy(two)).toEqual(['a']);
      await one.add(bucket, question('b', 0));
      await two.add(bucket, question('c', 0));
      expect(await seenBy(two)).toEqual(['a', 'b', 'c']);
      expect(await seenBy(one)).toEqual(['a', 'b', 'c']);
    });

    it('reads many, page by page', async () => {
      const keys = Array.from({ length: 250 }, (_, i) => `k${String(i).padStart(3, '0')}`);
      for (const key of keys) await one.add(bucket, question(key, 0));
      expect(await seenBy(two)).toEqual(keys);
    });

    it('finds no more what the other one forgot', async () => {
      for (const key of ['a', 'b']) await one.add(bucket, question(key, 0, { subject: key }));
      expect(await seenBy(two)).toEqual(['a', 'b']);
      await one.forget({ tenantId: bucket.tenantId, subject: 'a' });
      expect(await seenBy(two)).toEqual(['b']);
      await two.forget({ tenantId: bucket.tenantId });
      expect(await seenBy(one)).toEqual([]);
      await one.add(bucket, question('c', 0));
      expect(await seenBy(two)).toEqual(['c']);
    });

    it('starts over when Redis lost everything', async () => {
      await one.add(bucket, question('a', 0));
      await one.forget({ tenantId: name() });
      expect(await seenBy(two)).toEqual(['a']);
      await shared.flushall();
      await one.add(bucket, question('b', 0));
      expect(await seenBy(two)).toContain('b');
    });

    it('has nothing of another master key', async () => {
      const stranger = process(shared, new SealedQuestions(new SealedBox(Buffer.alloc(32, 8))));
      await one.add(bucket, question('a', 0));
      expect(await seenBy(stranger)).toEqual([]);
    });

    it('takes what was moved to another tenant for nothing', async () => {
      await one.add(bucket, question('a', 0));
      const theirs = { ...bucket, tenantId: name() };
      const [stream = ''] = await shared.keys(`*${bucket.tenantId}:${bucket.family}`);
      for (const [, fields] of await shared.xrangeBuffer(stream, '-', '+'))
        await shared.xadd(stream.replace(bucket.tenantId, theirs.tenantId), '*', ...fields);
      expect(await two.nearest(theirs, at(0), 10, 0)).toEqual([]);
      expect(await seenBy(two)).toEqual(['a']);
    });
  });

  it('leaves neither words nor vectors readable behind, and nothing for ever', async () => {
    const bucket = { tenantId: name(), family: name() };
    await process().add(bucket, question('a', 0, { vector: new Int8Array(64).fill(77) }));
    const names = await shared.keys(`*${bucket.tenantId}*`);
    expect(names).toHaveLength(2);
    for (const key of names) expect(await shared.pttl(key)).toBeGreaterThan(0);
    const [stream = ''] = await shared.keys(`*:${bucket.family}`);
    const content = Buffer.concat((await shared.xrangeBuffer(stream, '-', '+')).flatMap(([, fields]) => fields));
    expect(content.length).toBeGreaterThan(64);
    expect(content.includes(CANARY)).toBe(false);
    expect(content.includes(Buffer.alloc(8, 77))).toBe(false);
  });

  it('finds what it knows while Redis is silent, asks only now and then, and does not pretend to have forgotten', async () => {
    const own = await startRedis();
    let now = Date.now();
    const index = new RedisVectorIndex(await ready(own.url), sealed, new MemoryVectorIndex(), 100, () => now);
    const bucket = { tenantId: name(), family: name() };
    await index.add(bucket, question('a', 0));
    own.pause();
    try {
      const started = performance.now();
      for (let i = 0; i < 50; i++) expect(await index.nearest(bucket, at(0), 10, 0)).toHaveLength(1);
      await index.add(bucket, question('b', 0));
      expect(await index.nearest(bucket, at(0), 10, 0)).toHaveLength(2);
      expect(performance.now() - started).toBeLessThan(2_000);
      await expect(index.forget({ tenantId: bucket.tenantId })).rejects.toThrow();
    } finally {
      own.resume();
    }
    now += 2_000;
    await index.add(bucket, question('c', 0));
    expect((await index.nearest(bucket, at(0), 10, 0)).map(({ key }) => key)).toContain('c');
    await own.stop();
  });
});
