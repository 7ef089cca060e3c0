import { Client } from 'pg';
import type { Header } from '../../src/features/audit/format/header';
import { ask, until } from '../support/ask';
import { Cable } from '../support/cable';
import { testDatabase, type TestDatabase } from '../support/database';
import { type Gateway, startGateway } from '../support/gateway';

describe('a gateway with a spool', () => {
  let database: TestDatabase;
  let cable: Cable;
  let gateway: Gateway;

  beforeAll(async () => {
    database = await testDatabase();
    const url = new URL(database.url);
    cable = await Cable.to(url);
    gateway = await startGateway({
      env: { DATABASE_URL: cable.through(url) },
      settings: 'audit: { spool: true }\nproviders: { sandbox: { type: sandbox } }',
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    cable?.close();
    await database?.drop();
  });

  const call = (id: string) =>
    ask(
      gateway,
      '/v1/chat/completions',
      { model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hello' }] },
      { 'x-request-id': id },
    );
  const headers = async (): Promise<Header[]> => {
    const client = new Client(database.url);
    await client.connect();
    try {
      await client.query('set role gatehouse_audit_reader');
      const { rows } = await client.query<{ headers: string }>(
        'select headers from audit.headers order by first_index',
      );
      return rows.flatMap(({ headers }) => headers.split('\n').map((line) => JSON.parse(line) as Header));
    } finally {
      await client.end();
    }
  };

  it('answers calls while the database is away, and has every one of them in the log afterwards', async () => {
    expect((await call('before')).status).toBe(200);
    cable.cut();
    const ids = Array.from({ length: 10 }, (_, i) => `away-${i}`);
    for (const id of ids) expect((await call(id)).status).toBe(200);
    cable.mend();
    const late = await until(async () => (await headers()).find(({ event }) => event === 'audit.late'), 15_000);
    expect(late.metadata).toMatchObject({ entries: 2 * ids.length });
    expect((await call('after')).status).toBe(200);
    const seen = (await headers()).filter(({ event }) => event === 'llm.response').map(({ request_id: id }) => id);
    expect(seen).toEqual(['before', ...ids, 'after']);
  }, 60_000);

  it('answers probes in time while the database says nothing', async () => {
    const probe = (path: string) => fetch(gateway.url + path, { signal: AbortSignal.timeout(2_500) });
    cable.stall();
    try {
      const replies = await Promise.all(['/health/live', '/health/ready', '/health'].map(probe));
      expect(replies.map(({ status }) => status)).toEqual([200, 503, 503]);
    } finally {
      cable.mend();
    }
    await until(async () => (await probe('/health/ready')).status === 200 || undefined, 15_000);
  }, 60_000);
});
