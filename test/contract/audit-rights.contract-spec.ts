import { Client } from 'pg';
import { AUDIT_ROLES, auditConnection, type AuditRole } from '../../src/platform/database/audit-connection';
import { append, testBatch, testHeader } from '../support/audit-batch';
import { adminUrl, testDatabase, type TestDatabase } from '../support/database';

const MONTH = new Date().toISOString().slice(0, 7).replace('-', '_');
const EVIDENCE = ['version', 'epochs', 'batches', 'headers', 'payloads', 'tiles', 'checkpoints', 'cosignatures'];
const PARTITIONS = [`headers_${MONTH}`, `payloads_${MONTH}`];
const TABLES = [...EVIDENCE, ...PARTITIONS, 'entries', 'spans', 'projection'];
const READERS: readonly AuditRole[] = ['reader', 'checkpointer'];
const CALLS = {
  append: `audit.append(gen_random_uuid(), 'w_0000000000000000000000', 1, '', decode(repeat('00', 32), 'hex'), decode(repeat('00', 64), 'hex'), 1, '{}', null)`,
  project: 'audit.project(1)',
  open_log: `audit.open_log('x')`,
  new_epoch: 'audit.new_epoch(99)',
  publish: `audit.publish(0, decode(repeat('00', 32), 'hex'), 'note')`,
  cosign: `audit.cosign(9, 9, 'line')`,
  ensure_partitions: 'audit.ensure_partitions(1)',
  drop_segment: `audit.drop_segment('2020-01-01')`,
  project_range: 'audit.project_range(0, 1)',
  protect_all: 'audit.protect_all()',
};
const MAY: Record<AuditRole, readonly (keyof typeof CALLS)[]> = {
  writer: ['append'],
  reader: ['project'],
  checkpointer: ['project', 'open_log', 'new_epoch', 'publish', 'cosign', 'ensure_partitions'],
  retention: ['drop_segment', 'ensure_partitions'],
};
const DENIED = { code: '42501' };

let database: TestDatabase;
let admin: Client;
beforeAll(async () => {
  database = await testDatabase();
  admin = new Client(adminUrl(database));
  await admin.connect();
  const writer = await auditConnection(database.url, 'writer', 'test');
  await append(writer, testBatch([testHeader()], { payloads: Buffer.from('ciphertext') }));
  await writer.end();
});
afterAll(async () => {
  await admin?.end();
  await database?.drop();
});

describe.each(AUDIT_ROLES)('as %s', (role) => {
  let client: Client;
  beforeAll(async () => {
    client = await auditConnection(database.url, role, 'test');
  });
  afterAll(() => client?.end());

  it.each(TABLES)('changes nothing in audit.%s', async (table) => {
    const column = (await columnsOf(table))[0];
    for (const statement of [
      `insert into audit.${table} default values`,
      `update audit.${table} set ${column} = ${column}`,
      `delete from audit.${table}`,
      `truncate audit.${table}`,
      `merge into audit.${table} t using (select 1) s on true when matched then delete`,
      `drop table audit.${table}`,
      `alter table audit.${table} disable trigger all`,
      `alter table audit.${table} owner to current_user`,
    ])
      await expect(client.query(statement)).rejects.toMatchObject(DENIED);
  });

  it('reads only when that is its work', async () => {
    for (const table of TABLES.filter((name) => !PARTITIONS.includes(name))) {
      const read = client.query(`select count(*) from audit.${table}`);
      if (READERS.includes(role)) await expect(read).resolves.toBeDefined();
      else await expect(read).rejects.toMatchObject(DENIED);
    }
  });

  it('calls only what is its work', async () => {
    for (const [name, call] of Object.entries(CALLS)) {
      const refused = await client.query(`select ${call}`).then(
        () => false,
        (error: { code?: string; message: string }) =>
          error.code === '42501' && /permission denied for function/.test(error.message),
      );
      expect([name, refused]).toEqual([name, !MAY[role].includes(name as keyof typeof CALLS)]);
    }
  });

  it('cannot switch the triggers off, nor make or drop anything', async () => {
    for (const statement of [
      `set session_replication_role = replica`,
      'create table audit.mine (x int)',
      'create function audit.mine() returns int language sql as $$ select 1 $$',
      'drop schema audit cascade',
      'drop event trigger gatehouse_audit_drop',
      'set role gatehouse_audit_owner',
      `alter function audit.append owner to current_user`,
    ])
      await expect(client.query(statement)).rejects.toMatchObject(DENIED);
  });
});

it('the application has no right before it becomes one of the roles, and cannot become the owner', async () => {
  const app = new Client(database.url);
  await app.connect();
  for (const statement of ['select * from audit.batches', `select ${CALLS.append}`, 'set role gatehouse_audit_owner'])
    await expect(app.query(statement)).rejects.toMatchObject(DENIED);
  await app.end();
});

describe('even a superuser', () => {
  const REFUSED = { code: '42501', message: expect.stringMatching(/^audit: .* is refused/) as string };
  afterEach(() => admin.query('reset session_replication_role'));

  it.each([...EVIDENCE, ...PARTITIONS])('changes nothing in audit.%s, not as a replica either', async (table) => {
    const column = (await columnsOf(table))[0];
    for (const mode of ['origin', 'replica']) {
      await admin.query(`set session_replication_role = ${mode}`);
      for (const statement of [
        `update audit.${table} set ${column} = ${column}`,
        `update audit.${table} set ${column} = ${column} where false`,
        `delete from audit.${table}`,
        `truncate audit.${table} cascade`,
        `merge into audit.${table} t using (select 1) s on true when matched then delete`,
      ])
        await expect(admin.query(statement)).rejects.toMatchObject(REFUSED);
    }
  });

  it('does not overwrite through an upsert', async () => {
    await expect(
      admin.query(
        `insert into audit.batches select * from audit.batches on conflict (first_index) do update set n = 2`,
      ),
    ).rejects.toMatchObject(REFUSED);
  });

  it.each([
    'drop table audit.tiles',
    `drop table audit.headers_${MONTH}`,
    `alter table audit.headers detach partition audit.headers_${MONTH}`,
    'alter table audit.batches disable trigger all',
    'alter table audit.batches disable trigger refuse_rows',
    'drop trigger refuse_statements on audit.tiles',
    'alter table audit.batches drop column root',
    'create or replace function audit.refuse() returns trigger language plpgsql as $$ begin return old; end $$',
    'drop function audit.append',
    'drop schema audit cascade',
    'alter schema audit rename to elsewhere',
  ])('is stopped by the event triggers: %s', async (statement) => {
    await expect(admin.query(statement)).rejects.toMatchObject(REFUSED);
  });

  it('goes on with its own tables', async () => {
    await admin.query('create table public.mine (x int)');
    await admin.query('alter table public.mine add y int');
    await admin.query('drop table public.mine');
  });
});

async function columnsOf(table: string): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = ('audit.' || $1)::regclass and attnum > 0 order by attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
}
