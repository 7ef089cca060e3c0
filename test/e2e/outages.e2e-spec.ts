import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Cable } from '../support/cable';
import { startGateway, type Gateway } from '../support/gateway';
import { testDatabase, type TestDatabase } from '../support/database';
import { startRedis, type TestRedis } from '../support/redis';

describe('when a dependency goes away', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let line: Cable;
  let gateway: Gateway;

  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), startRedis()]);
    const server = new URL(database.url);
    line = await Cable.to(server);
    gateway = await startGateway({
      env: { DATABASE_URL: line.through(server), REDIS_URL: redis.url },
      settings: 'records: { commitMs: 800 }',
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    line?.close();
    await redis?.stop();
    await database?.drop();
  });

  const ask = async (id: string): Promise<{ status: number; body: unknown; retryAfter: string | null; ms: number }> => {
    const started = performance.now();
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json', 'x-request-id': id },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'x' }] }),
    });
    const body: unknown = await answer.json();
    return {
      status: answer.status,
      body,
      retryAfter: answer.headers.get('retry-after'),
      ms: performance.now() - started,
    };
  };
  const until = async (condition: () => Promise<boolean>) => {
    for (const end = Date.now() + 10_000; !(await condition()); await sleep(50))
      if (Date.now() > end) throw new Error('never came true');
  };
  const ready = async () => (await fetch(`${gateway.url}/health/ready`)).status;

  it('PostgreSQL: nothing goes unrecorded, nothing is blamed on the caller, and it recovers by itself', async () => {
    expect((await ask('before')).status).toBe(200);
    line.cut();
    const first = await ask('during-1');
    expect(first).toMatchObject({ status: 503, retryAfter: '2', body: { error: { code: 'storage_unavailable' } } });
    await until(async () => (await ready()) === 503);
    const report = (await (await fetch(`${gateway.url}/health`)).json()) as object;
    expect(report).toMatchObject({
      status: 'error',
      error: { database: { status: 'down' } },
      info: { providers: { status: 'up' } },
    });
    expect((await ask('during-2')).ms).toBeLessThan(790);

    line.mend();
    await until(async () => (await ask('after')).status === 200);
    await until(async () => (await ready()) === 200);

    const client = new Client(database.url);
    await client.connect();
    const open = async () => (await client.query(`select request_id from llm_requests where status = 'open'`)).rows;
    await until(async () => !(await open()).length);
    const { rows } = await client.query(
      `select distinct request_id, status, error_code from llm_requests where request_id like 'during%' order by 1`,
    );
    await client.end();
    expect(rows).toEqual(
      ['during-1', 'during-2'].map((request_id) => ({
        request_id,
        status: 'refused',
        error_code: 'storage_unavailable',
      })),
    );
  });

  it('Redis: each process counts for itself at once, and shares again when it is back', async () => {
    redis.pause();
    const paused = await ask('redis-1');
    expect(paused.status).toBe(200);
    expect(paused.ms).toBeLessThan(600);
    expect((await ask('redis-2')).ms).toBeLessThan(200);
    expect(await ready()).toBe(200);
    expect(await (await fetch(`${gateway.url}/health`)).json()).toMatchObject({
      details: { redis: { status: 'degraded' } },
    });
    redis.resume();
    await until(async () => {
      await ask('redis-3');
      return gateway.logs().includes('"dependency":"redis","msg":"dependency up"');
    });
  });
});
