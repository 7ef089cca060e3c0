import { setTimeout as sleep } from 'node:timers/promises';
import Bull from 'bull';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { bullOptions, QUEUE_NAME } from '../../src/features/jobs/queue/bull-options';
import { BullQueue } from '../../src/features/jobs/queue/bull-queue.store';
import type { JobQueue } from '../../src/features/jobs/queue/job-queue';
import { PostgresQueue } from '../../src/features/jobs/queue/postgres-queue.store';
import { until } from '../support/ask';
import { type TestDatabase, testDatabase } from '../support/database';
import { startRedis, type TestRedis } from '../support/redis';

const ids = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `job-${i}` }));

/** What every engine must do, whoever writes the tickets. `make` gives one more process on the same queue; each test has its own. */
function behavesLikeJobQueue(begin: () => Promise<() => JobQueue>): void {
  let queues: JobQueue[];
  let another: () => JobQueue;
  const make = (): JobQueue => {
    const queue = another();
    queues.push(queue);
    return queue;
  };
  beforeEach(async () => {
    queues = [];
    another = await begin();
  });
  afterEach(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
  });

  it('hands each ticket to one of all processes', async () => {
    const [writer, ...workers] = [make(), make(), make()];
    let handed = 0;
    const by = workers.map(() => 0);
    for (const [i, worker] of workers.entries())
      await worker.serve(async () => {
        handed++;
        by[i] = (by[i] ?? 0) + 1;
        await sleep(20);
      }, 4);
    await writer?.ring(ids(60));
    await until(() => handed >= 60 || undefined, 10_000);
    await sleep(300);
    expect(handed).toBe(60);
    expect(by.every((count) => count > 5)).toBe(true);
    expect((await writer?.depth())?.waiting).toBe(0);
  });

  it('takes no more tickets at a time than there is room for', async () => {
    const queue = make();
    let [now, most, handed] = [0, 0, 0];
    await queue.serve(async () => {
      most = Math.max(most, ++now);
      await sleep(30);
      now--;
      handed++;
    }, 3);
    await queue.ring(ids(12));
    await until(() => handed === 12 || undefined, 10_000);
    expect(most).toBe(3);
  });

  it('takes tickets of one id for one ticket while nobody has it', async () => {
    const queue = make();
    await queue.ring(ids(2));
    await queue.ring(ids(2));
    expect((await queue.depth()).waiting).toBe(2);
    let handed = 0;
    await queue.serve(async () => void (await sleep(handed++)), 1);
    await until(() => handed === 2 || undefined, 10_000);
    // whoever had it is done
    await until(async () => {
      await queue.ring(ids(1));
      return handed >= 3 || undefined;
    }, 10_000);
  });

  it('hands out no ticket before its time, and then does', async () => {
    const queue = make();
    let at = 0;
    await queue.serve(async () => void (await Promise.resolve((at ||= Date.now()))), 2);
    const due = Date.now() + 1_200;
    await queue.ring([{ id: 'later', at: new Date(due) }]);
    expect((await queue.depth()).waiting).toBe(0);
    await until(() => at || undefined, 10_000);
    expect(at).toBeGreaterThanOrEqual(due - 5);
    expect(at).toBeLessThan(due + 3_000);
  });

  it('goes on with what is under way when it rests, and begins nothing more', async () => {
    const queue = make();
    let [begun, ended] = [0, 0];
    await queue.serve(async () => {
      begun++;
      await sleep(200);
      ended++;
    }, 2);
    await queue.ring(ids(6));
    await until(() => begun === 2 || undefined, 10_000);
    await queue.rest();
    await until(() => ended === 2 || undefined, 10_000);
    await sleep(300);
    expect(begun).toBe(2);
    const other = make();
    expect((await other.depth()).waiting).toBe(4);
    let more = 0;
    await other.serve(async () => void (await Promise.resolve(more++)), 2);
    await until(() => more === 4 || undefined, 10_000);
  });
}

describe('PostgresQueue', () => {
  const databases: TestDatabase[] = [];
  let database: TestDatabase;
  afterAll(async () => {
    await Promise.all(databases.map((one) => one.drop()));
  });

  describe('alone', () =>
    behavesLikeJobQueue(async () => {
      database = await testDatabase();
      databases.push(database);
      return () => new PostgresQueue(database.url);
    }));

  it('writes tickets with the transaction that makes the work, or not at all', async () => {
    database = await testDatabase();
    databases.push(database);
    const queue = new PostgresQueue(database.url);
    const client = new Client(database.url);
    await client.connect();
    try {
      await queue.setUp();
      await client.query('begin');
      await queue.ring(ids(3), client);
      expect((await queue.depth()).waiting).toBe(0);
      await client.query('rollback');
      expect((await queue.depth()).waiting).toBe(0);
      await client.query('begin');
      await queue.ring(ids(2), client);
      await client.query('commit');
      expect((await queue.depth()).waiting).toBe(2);
    } finally {
      await client.end();
      await queue.close();
    }
  });

  it('is set up once by any number of processes, and serves again when the connections were lost', async () => {
    database = await testDatabase();
    databases.push(database);
    const queues = Array.from({ length: 4 }, () => new PostgresQueue(database.url));
    const client = new Client(database.url);
    await client.connect();
    try {
      await Promise.all(queues.map((queue) => queue.setUp()));
      let handed = 0;
      await queues[0]?.serve(async () => void (await Promise.resolve(handed++)), 2);
      const its = `from pg_stat_activity where datname = current_database() and application_name = 'gatehouse-queue'`;
      const lost = (await client.query<{ pid: number }>(`select pid ${its}`)).rows.map(({ pid }) => pid);
      await client.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [lost]);
      // a connection that is about to end may still take a ticket, and lose it
      await until(async () => (await client.query(`select ${its} and pid = any ($1)`, [lost])).rowCount === 0);
      // the writer's own connection is among those that were lost
      const rung = async () => (await queues[1]?.ring(ids(3)), true);
      await until(() => rung().catch(() => undefined));
      await until(() => handed === 3 || undefined, 15_000);
    } finally {
      await client.end();
      await Promise.all(queues.map((queue) => queue.close()));
    }
  });
});

describe('BullQueue', () => {
  let redis: TestRedis;
  let prefixes = 0;
  const queueOn =
    (prefix: string, answerMs = 10_000) =>
    (): JobQueue =>
      new BullQueue(() => Promise.resolve(new Bull(QUEUE_NAME, bullOptions(redis.url, prefix))), answerMs);
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis?.stop();
  });

  describe('alone', () => behavesLikeJobQueue(() => Promise.resolve(queueOn(`test-${++prefixes}`))));

  it('says so quickly when Redis does not answer, and serves again when it does', async () => {
    const queue = queueOn(`test-${++prefixes}`, 1_000)();
    let handed = 0;
    await queue.serve(async () => void (await Promise.resolve(handed++)), 2);
    await queue.ring(ids(1));
    await until(() => handed === 1 || undefined, 10_000);
    redis.pause();
    try {
      const began = performance.now();
      await expect(queue.ring([{ id: 'lost' }])).rejects.toThrow('Redis');
      await expect(queue.depth()).rejects.toThrow('Redis');
      expect(performance.now() - began).toBeLessThan(2_000);
    } finally {
      redis.resume();
    }
    await until(async () => {
      await queue.ring([{ id: 'again' }]).catch(() => undefined);
      return handed > 1 || undefined;
    }, 10_000);
    await queue.close();
  });

  it('holds no word of what the work is about', async () => {
    const queue = queueOn('test-plain')();
    await queue.ring([{ id: 'job-1.0', at: new Date(Date.now() + 60_000) }]);
    const client = new Redis(redis.url);
    try {
      const keys = await client.keys('test-plain:*');
      const hash = await client.hgetall(keys.find((key) => key.endsWith('job-1.0')) ?? '');
      expect(hash).toMatchObject({ data: '{}' });
    } finally {
      client.disconnect();
      await queue.close();
    }
  });
});
