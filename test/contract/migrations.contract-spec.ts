import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, migrate } from '../../src/platform/database/migrate';
import { testDatabase, type TestDatabase } from '../support/database';

/** Everything that migrations make, as the catalogue tells it. */
const CATALOGUE = `
  select 'column' as kind, format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as what
    from information_schema.columns where table_schema = 'public'
  union all select 'index', indexdef from pg_indexes where schemaname = 'public'
  union all select 'constraint', format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
    from pg_constraint where connamespace = 'public'::regnamespace
  union all select 'function', pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'
    and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  order by 1, 2`;

describe('migrations', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await testDatabase();
    client = new Client(database.url);
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });
  const catalogue = async () => (await client.query<{ kind: string; what: string }>(CATALOGUE)).rows;

  it('go down to nothing and up again to the same', async () => {
    const up = await catalogue();
    expect(up.length).toBeGreaterThan(50);
    const source = await new DataSource(dataSourceOptions(database.url)).initialize();
    try {
      for (const _ of source.migrations) await source.undoLastMigration();
      const left = (await catalogue()).filter(({ what }) => !/\bmigrations\b/.test(what));
      expect(left).toEqual([]);
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
    expect(await catalogue()).toEqual(up);
  });

  it('do nothing to a database that is up to date, from several processes at once', async () => {
    const before = await catalogue();
    await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(await catalogue()).toEqual(before);
  });

  it('leave stored calls alone when they run again', async () => {
    await client.query(`insert into llm_requests (id, created_at, request_id, tenant_id, key_id, operation, dialect, stream, prompt_hash, prompt_characters)
      values (gen_random_uuid(), now(), 'r', gen_random_uuid(), gen_random_uuid(), 'chat', 'openai-chat', false, '\\x00', 1)`);
    await migrate(database.url);
    expect((await client.query('select request_id from llm_requests')).rows).toEqual([{ request_id: 'r' }]);
  });

  it('refuse a database that a newer release has migrated', async () => {
    await client.query(`insert into migrations (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`);
    await expect(migrate(database.url)).rejects.toThrow(/newer release \(FromTheFuture/);
  });
});
