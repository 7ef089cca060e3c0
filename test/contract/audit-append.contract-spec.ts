import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { auditConnection } from '../../src/platform/database/audit-connection';
import { append, testBatch, testHeader, testWriter, type TestBatch } from '../support/audit-batch';
import { adminUrl, testDatabase, type TestDatabase } from '../support/database';

const WRITERS = 8;
const BATCHES = 40;

let database: TestDatabase;
let admin: Client;
let writer: Client;
const open = async () => {
  database = await testDatabase();
  admin = new Client(adminUrl(database));
  await admin.connect();
  writer = await auditConnection(database.url, 'writer', 'test');
};
const close = async () => {
  await writer?.end();
  await admin?.end();
  await database?.drop();
};
const headers = (n: number) => Array.from({ length: n }, () => testHeader());
const size = async () =>
  Number((await admin.query<{ size: string }>('select coalesce(sum(n), 0) as size from audit.batches')).rows[0]?.size);

describe('a log', () => {
  beforeEach(open);
  afterEach(close);

  it('gives entries their places, one after the other', async () => {
    const name = testWriter();
    expect(await append(writer, testBatch(headers(3), { writer: name }))).toBe(0);
    expect(await append(writer, testBatch(headers(1), { writer: name, lane: 2 }))).toBe(3);
    expect(await append(writer, testBatch(headers(2)))).toBe(4);
  });

  it('answers a repeated batch with the place it has', async () => {
    const name = testWriter();
    const batches = [1, 2, 3].map((lane) => testBatch(headers(2), { writer: name, lane }));
    for (const batch of batches) await append(writer, batch);
    expect(await append(writer, batches[2] as TestBatch)).toBe(4);
    expect(await append(writer, batches[0] as TestBatch)).toBe(0);
    expect(await size()).toBe(6);
  });

  it('goes on in the month of the last entry when the clock goes back', async () => {
    // what a clock that was ahead left behind; no trigger refuses an insert
    await admin.query('select audit.ensure_partitions(3)');
    const next = `(date_trunc('month', now() at time zone 'UTC') + interval '2 months')::date`;
    await admin.query(`insert into audit.batches values (0, 1, gen_random_uuid(), '${testWriter()}', 1, '', decode(repeat('00', 32), 'hex'),
    decode(repeat('00', 64), 'hex'), ${next}, now())`);
    expect(await append(writer, testBatch(headers(1), { payloads: Buffer.from('x') }))).toBe(1);
    const { rows } = await admin.query<{ same: boolean }>(
      `select b.part_month = ${next} and h.part_month = ${next} and p.part_month = ${next} as same
       from audit.batches b join audit.headers h using (first_index) join audit.payloads p using (first_index) where first_index = 1`,
    );
    expect(rows).toEqual([{ same: true }]);
  });

  it('refuses an entry that no partition is for: there is none for the rest', async () => {
    await admin.query(`insert into audit.batches values (0, 1, gen_random_uuid(), '${testWriter()}', 1, '', decode(repeat('00', 32), 'hex'),
    decode(repeat('00', 64), 'hex'), '2999-01-01', now())`);
    await expect(append(writer, testBatch(headers(1)))).rejects.toMatchObject({ code: '23514' });
    expect(await size()).toBe(1);
  });

  it('leaves no gap and loses nothing when connections are killed under eight writers', async () => {
    let running = WRITERS;
    const killer = async () => {
      for (; running > 0; await sleep(15))
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'gatehouse-doomed' and datname = current_database() order by random() limit 1`,
        );
    };
    /** As a gateway does: an unknown outcome is asked again with the same batch. */
    const write = async (): Promise<void> => {
      const name = testWriter();
      let client: Client | undefined;
      for (let lane = 1; lane <= BATCHES; lane++) {
        const batch = testBatch(headers(1 + (lane % 5)), { writer: name, lane });
        for (;;)
          try {
            client ??= await auditConnection(database.url, 'writer', 'doomed');
            await append(client, batch);
            break;
          } catch {
            await client?.end().catch(() => undefined);
            client = undefined;
          }
      }
      await client?.end();
      running--;
    };
    await Promise.all([killer(), ...Array.from({ length: WRITERS }, write)]);

    const { rows } = await admin.query<Record<string, number>>(
      `select count(*)::int as batches, count(*) filter (where first_index <> expected)::int as gaps, count(distinct (writer, lane))::int as lanes,
            count(*) filter (where octet_length(headers) - octet_length(replace(headers, e'\\n', '')) <> n - 1)::int as torn
       from (select *, coalesce(sum(n) over (order by first_index rows between unbounded preceding and 1 preceding), 0) as expected
               from audit.batches) b left join audit.headers using (part_month, first_index)`,
    );
    expect(rows).toEqual([{ batches: WRITERS * BATCHES, gaps: 0, lanes: WRITERS * BATCHES, torn: 0 }]);
  });
});

describe('a batch', () => {
  beforeAll(open);
  afterAll(close);

  it.each<[string, Partial<TestBatch>, RegExp | string]>([
    ['a lane left out', { lane: 3 }, /is at lane 1, not 3/],
    ['lane 0', { lane: 0 }, /is at lane 1, not 0/],
    ['fewer headers than it says', { n: 3 }, /the headers are not 3 lines/],
    ['more headers than it says', { n: 1 }, /the headers are not 1 lines/],
    ['no headers', { headers: null as unknown as string }, /the headers are not 2 lines/],
    ['no entries', { n: 0 }, /has 1 to 1000 entries, not 0/],
    ['too many entries', { n: 1001, headers: Array(1001).fill('{}').join('\n') }, /has 1 to 1000 entries, not 1001/],
    ['too many bytes', { payloads: Buffer.alloc(104_857_601) }, /has at most 104857600 bytes/],
    ['a root of another length', { root: Buffer.alloc(31) }, /batches_root_check/],
    ['a writer that is none', { writer: 'w_1' }, /batches_writer_check/],
  ])('refuses %s, and nothing of it is there', async (_what, wrong, message) => {
    await expect(append(writer, { ...testBatch(headers(2)), ...wrong })).rejects.toThrow(message);
    expect(await size()).toBe(0);
  });

  it('refuses a transaction that would not see what the lock waited for', async () => {
    await writer.query('begin isolation level repeatable read');
    await expect(append(writer, testBatch(headers(1)))).rejects.toThrow(/read committed/);
    await writer.query('rollback');
  });

  it('takes no other content for a batch that it has', async () => {
    const batch = testBatch(headers(1));
    await append(writer, batch);
    await expect(append(writer, { ...batch, root: Buffer.alloc(32, 1) })).rejects.toThrow(/is at lane 2, not 1/);
    await expect(append(writer, { ...testBatch(headers(1)), batchId: batch.batchId })).rejects.toMatchObject({
      code: '23505',
    });
  });

  it('is durable although the session said that it need not be', async () => {
    await writer.query('set synchronous_commit = off');
    await writer.query('begin');
    await append(writer, testBatch(headers(1)));
    expect((await writer.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: 'on' }]);
    await writer.query('commit');
  });

  it('gives up after two seconds when another one holds the log', async () => {
    await admin.query('begin');
    await admin.query('select pg_advisory_xact_lock(7143002, 1)');
    const started = performance.now();
    await expect(append(writer, testBatch(headers(1)))).rejects.toMatchObject({ code: '55P03' });
    expect(performance.now() - started).toBeLessThan(4_000);
    await admin.query('rollback');
  });
});
