import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Lease, type Leases, NoLeases, RedisLeases } from '../../src/features/answers/leases';
import { until } from '../support/ask';
import { startRedis, type TestRedis } from '../support/redis';

/** What every kind of lease must do. */
function behavesLikeLeases(make: () => Leases): void {
  it('gives one to whoever asks first, and again once it was released', async () => {
    const leases = make();
    const key = randomUUID();
    await (await leases.take(key))?.release();
    const lease = await leases.take(key);
    expect(lease).toBeDefined();
    await lease?.release();
  });
}

describe('NoLeases', () => {
  behavesLikeLeases(() => new NoLeases());

  it('keeps nobody from asking: there is no other process', async () => {
    const leases: Leases = new NoLeases();
    expect(await leases.take('k')).toMatchObject({ shared: false });
    expect(await leases.take('k')).toMatchObject({ shared: false });
  });
});

describe('RedisLeases', () => {
  let server: TestRedis;
  let redis: Redis;
  const held: Lease[] = [];
  const take = async (leases: Leases, key: string) => {
    const lease = await leases.take(key);
    if (lease) held.push(lease);
    return lease;
  };
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
    redis.on('error', () => undefined);
    await until(() => redis.status === 'ready' || undefined);
  });
  afterEach(async () => {
    for (const lease of held.splice(0)) await lease.release();
  });
  afterAll(async () => {
    redis.disconnect();
    await server?.stop();
  });

  behavesLikeLeases(() => new RedisLeases(redis));

  it('lets one of several processes ask, for as long as it holds it', async () => {
    const key = randomUUID();
    const [one, two] = [new RedisLeases(redis, 300, 50), new RedisLeases(redis)];
    const lease = await take(one, key);
    expect(lease).toMatchObject({ shared: true });
    await new Promise((next) => setTimeout(next, 600));
    expect(await take(two, key)).toBeUndefined();
    expect(await take(two, randomUUID())).toBeDefined();
    await lease?.release();
    expect(await take(two, key)).toBeDefined();
  });

  it('lets another process ask when the one that held it died', async () => {
    const key = randomUUID();
    await take(new RedisLeases(redis, 200, 1_000_000), key);
    await until(() => take(new RedisLeases(redis), key));
  });

  it('releases no lease that somebody else has by now', async () => {
    const key = randomUUID();
    const late = await take(new RedisLeases(redis, 100, 1_000_000), key);
    await until(() => take(new RedisLeases(redis), key));
    await late?.release();
    expect(await take(new RedisLeases(redis), key)).toBeUndefined();
  });

  it('keeps nobody from asking while Redis is silent', async () => {
    server.pause();
    try {
      expect(await take(new RedisLeases(redis), randomUUID())).toMatchObject({ shared: false });
    } finally {
      server.resume();
    }
  });
});
