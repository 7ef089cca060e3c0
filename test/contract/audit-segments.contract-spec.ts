import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { auditConnection } from '../../src/platform/database/audit-connection';
import { append, testBatch, testHeader, testWriter } from '../support/audit-batch';
import { adminUrl, testDatabase, type TestDatabase } from '../support/database';

const OLD = '2026-01-01';

let database: TestDatabase;
let admin: Client;
let writer: Client;
let checkpointer: Client;
let retention: Client;
beforeEach(async () => {
  database = await testDatabase();
  admin = new Client(adminUrl(database));
  await admin.connect();
  writer = await auditConnection(database.url, 'writer', 'test');
  checkpointer = await auditConnection(database.url, 'checkpointer', 'test');
  retention = await auditConnection(database.url, 'retention', 'test');
});
afterEach(async () => {
  for (const client of [writer, checkpointer, retention, admin]) await client?.end();
  await database?.drop();
});

const record = (facts: object) => append(writer, testBatch([testHeader(facts)]));
const drop = async (month = OLD) =>
  (await retention.query<{ dropped: string }>('select audit.drop_segment($1) as dropped', [month])).rows[0]?.dropped;
const months = async (parent: string) =>
  (
    await admin.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = ('audit.' || $1)::regclass order by 1`,
      [parent],
    )
  ).rows.map(({ name }) => name);
const publish = async (size: number, root = randomBytes(32)) =>
  (await checkpointer.query<{ made: boolean }>(`select audit.publish($1, $2, 'note') as made`, [size, root])).rows[0]
    ?.made;

/** A month that is over, with two entries: as the append function left it, when it was that month. */
async function oldMonth(facts: object = {}): Promise<void> {
  await admin.query(`begin; set local gatehouse_audit.maintenance = on; set local role gatehouse_audit_owner;
    do $$ declare parent text; begin
      foreach parent in array array['headers', 'payloads', 'entries'] loop
        execute format('create table audit.%I partition of audit.%I for values from (%L) to (%L)', parent || '_2026_01', parent, '${OLD}', '2026-02-01');
      end loop;
      perform audit.protect('audit.headers_2026_01'), audit.protect('audit.payloads_2026_01');
    end $$; commit`);
  const headers = [
    testHeader({ ts: '2026-01-10T00:00:00.000Z' }),
    testHeader({ ts: '2026-01-20T00:00:00.000Z', ...facts }),
  ];
  await admin.query(
    `insert into audit.batches values (0, 2, gen_random_uuid(), $1, 1, '', decode(repeat('00', 32), 'hex'), decode(repeat('00', 64), 'hex'), $2::date, $2::date)`,
    [testWriter(), OLD],
  );
  await admin.query(`insert into audit.headers values ($1, 0, $2)`, [
    OLD,
    headers.map((h) => JSON.stringify(h)).join('\n'),
  ]);
  await admin.query(`insert into audit.payloads values ($1, 0, 'ciphertext')`, [OLD]);
}

describe('a month', () => {
  beforeEach(async () => {
    await checkpointer.query(`select audit.open_log('example.com/audit')`);
    await oldMonth();
  });

  it('goes when the log says that it may, a checkpoint covers that, and nothing is held', async () => {
    await record({});
    await expect(drop()).rejects.toThrow(/no retention\.drop entry names 2026-01/);
    await record({ event: 'retention.drop', metadata: { month: '2025-12' } });
    await expect(drop()).rejects.toThrow(/no retention\.drop entry names 2026-01/);
    const permit = await record({ event: 'retention.drop', metadata: { month: '2026-01' } });
    await expect(drop()).rejects.toThrow(/no checkpoint covers the retention\.drop entry/);
    await publish(permit);
    await expect(drop()).rejects.toThrow(/no checkpoint covers the retention\.drop entry/);
    await publish(permit + 1);

    expect(await drop()).toBe('2');
    for (const parent of ['headers', 'payloads', 'entries'])
      expect(await months(parent)).not.toContain(`audit.${parent}_2026_01`);
    expect((await admin.query('select first_index, n from audit.batches where first_index = 0')).rowCount).toBe(1);
    expect((await admin.query('select from audit.spans where part_month = $1', [OLD])).rowCount).toBe(0);
    expect(await drop()).toBe('0');
    expect(await record({})).toBe(permit + 1);
  });

  it('stays while it is held', async () => {
    const permit = await record({ event: 'retention.drop', metadata: { month: '2026-01' } });
    const place = testHeader({ event: 'hold.place', metadata: { hold: 'h1' } });
    await append(writer, testBatch([place]));
    await publish(permit + 2);
    await expect(drop()).rejects.toThrow(`the hold ${place.entry_id} has not been released`);
    await record({ event: 'hold.release', parent: testHeader().entry_id, metadata: { hold: 'another' } });
    await expect(drop()).rejects.toThrow(/has not been released/);
    await record({ event: 'hold.release', parent: place.entry_id });
    expect(await drop()).toBe('2');
  });

  it('is released by the name of the hold as well', async () => {
    const permit = await record({ event: 'retention.drop', metadata: { month: '2026-01' } });
    await record({ event: 'hold.place', metadata: { hold: 'h1' } });
    await publish(permit + 2);
    await record({ event: 'hold.release', metadata: { hold: 'h1' } });
    expect(await drop()).toBe('2');
  });

  it.each([
    ['before it', { to: '2026-01-09T23:59:59.000Z' }, false],
    ['after it', { from: '2026-01-20T00:00:01.000Z' }, false],
    ['that ends in it', { to: '2026-01-10T00:00:00.000Z' }, true],
    ['that begins in it', { from: '2026-01-20T00:00:00.000Z' }, true],
    ['that nobody understands', { from: 'some time ago' }, true],
  ])('is held by a hold for a period %s: %s', async (_what, period, held) => {
    const permit = await record({ event: 'retention.drop', metadata: { month: '2026-01' } });
    await record({ event: 'hold.place', metadata: { hold: 'h', ...period } });
    await publish(permit + 1);
    if (held) await expect(drop()).rejects.toThrow();
    else expect(await drop()).toBe('2');
  });

  it('stays while it is written to, and must be one', async () => {
    await record({});
    const present = `${new Date().toISOString().slice(0, 7)}-01`;
    await expect(drop(present)).rejects.toThrow(/is still being written/);
    await expect(drop('2026-01-02')).rejects.toThrow(/is not the first day of a month/);
  });
});

it('partitions are made ahead, guarded, once', async () => {
  const before = await months('headers');
  const made = async (ahead: number) =>
    (await checkpointer.query<{ made: number }>('select audit.ensure_partitions($1) as made', [ahead])).rows[0]?.made;
  expect(await made(3)).toBe(0);
  const two = await Promise.all(
    [checkpointer, retention].map((client) => client.query('select audit.ensure_partitions(5) as made')),
  );
  expect(two.map(({ rows }) => (rows as { made: number }[])[0]?.made).sort()).toEqual([0, 4]);
  expect(await months('headers')).toHaveLength(before.length + 2);
  const newest = (await months('headers')).at(-1) as string;
  for (const statement of [`truncate ${newest}`, `delete from ${newest}`, `update ${newest} set headers = ''`])
    await expect(admin.query(`set session_replication_role = replica; ${statement}`)).rejects.toThrow(/is refused/);
});

describe('checkpoints', () => {
  const TILE = Buffer.alloc(8_192, 7);
  const withTile = (size: number, root: Buffer, hashes: Buffer) =>
    checkpointer.query<{ made: boolean }>(
      `select audit.publish($1, $2, 'note', '{0}', '{0}', array[$3::bytea]) as made`,
      [size, root, hashes],
    );

  beforeEach(async () => {
    await checkpointer.query(`select audit.open_log('example.com/audit')`);
    for (let i = 0; i < 3; i++) await record({});
  });

  it('are added once, never for more than there is, never fewer, never another', async () => {
    const root = randomBytes(32);
    expect(await publish(2, root)).toBe(true);
    expect(await publish(2, root)).toBe(false);
    await expect(publish(2)).rejects.toThrow(/another checkpoint of 2 entries is stored/);
    await expect(publish(1)).rejects.toThrow(/has 2 entries, more than 1/);
    await expect(publish(4)).rejects.toThrow(/a checkpoint of 4 entries, but there are 3/);
    expect(await publish(3)).toBe(true);
    expect((await checkpointer.query('select size from audit.checkpoints order by size')).rows).toEqual([
      { size: '2' },
      { size: '3' },
    ]);
  });

  it('bring tiles, which must be the same when they come again', async () => {
    await withTile(2, randomBytes(32), TILE);
    await withTile(3, randomBytes(32), TILE);
    await expect(withTile(3, randomBytes(32), Buffer.alloc(8_192, 8))).rejects.toThrow(/a tile differs/);
    expect((await checkpointer.query('select level, n from audit.tiles')).rows).toEqual([{ level: 0, n: '0' }]);
  });

  it('collect cosignatures', async () => {
    await publish(3);
    const cosign = (line: string) => checkpointer.query('select audit.cosign(1, 3, $1) as made', [line]);
    expect((await cosign('— w1 AAAA')).rows).toEqual([{ made: true }]);
    expect((await cosign('— w1 AAAA')).rows).toEqual([{ made: false }]);
    await expect(checkpointer.query(`select audit.cosign(1, 2, 'x')`)).rejects.toMatchObject({ code: '23503' });
  });

  it('begin again in a new epoch, which is opened once', async () => {
    await publish(3);
    expect((await checkpointer.query(`select * from audit.open_log('another')`)).rows).toEqual([
      { origin: 'example.com/audit', epoch: 1 },
    ]);
    await expect(checkpointer.query('select audit.new_epoch(3)')).rejects.toThrow(
      /is in epoch 1, so 3 cannot be opened/,
    );
    expect((await checkpointer.query('select * from audit.new_epoch(2)')).rows).toEqual([
      { origin: 'example.com/audit', epoch: 2 },
    ]);
    await expect(checkpointer.query('select audit.new_epoch(2)')).rejects.toThrow(/is in epoch 2/);
    expect(await publish(3)).toBe(true);
    expect((await checkpointer.query('select origin, epoch from audit.log')).rows).toEqual([
      { origin: 'example.com/audit', epoch: 2 },
    ]);
  });
});
