import { Client } from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOptions, migrate, migrations } from '../../src/platform/database/migrate';
import { Schema, timestampOf } from '../../src/platform/database/schema';
import { testDatabase, type TestDatabase } from '../support/database';
import { takenAway } from '../support/taken-away';

/** Migrations before that one landed without the rule. */
const RULED_SINCE = 1700000016000;

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

  describe('of releases of different age', () => {
    const newest = () => Math.max(...migrations().map(({ name }) => timestampOf(name ?? '')));
    const insert = (name: string) =>
      client.query(`insert into migrations (timestamp, name) values ($1, $2)`, [timestampOf(name), name]);
    const contract = (name: string, contracts: number) => [
      ...migrations(),
      { name, contracts, up: async () => undefined, down: async () => undefined },
    ];
    const schemaWith = (all: readonly MigrationInterface[]) =>
      new Schema(async <T>(sql: string, values?: unknown[]) => (await client.query(sql, values)).rows as T[], all);
    afterEach(async () => {
      await client.query(`delete from migrations where name ~ 'FromTheFuture'`);
      await client.query(`delete from schema_contracts`);
    });

    it('start on what a newer one has added', async () => {
      await insert('AddFromTheFuture9999999999999');
      expect(await migrate(database.url)).toEqual([]);
    });

    it('refuse a schema from which a newer one has taken what they need, and none else', async () => {
      await insert('DropFromTheFuture9999999999999');
      const announce = (oldest: number) =>
        client.query(
          `insert into schema_contracts values ('DropFromTheFuture9999999999999', $1)
           on conflict (name) do update set oldest = excluded.oldest`,
          [oldest],
        );
      await announce(newest());
      expect(await migrate(database.url)).toEqual([]);
      await announce(newest() + 1);
      await expect(migrate(database.url)).rejects.toThrow(/has taken away what this one needs \(DropFromTheFuture/);
    });

    it('take nothing away while one that needs it runs', async () => {
      const running = new Client({ connectionString: database.url, application_name: `gatehouse-app/${newest()}` });
      await running.connect();
      try {
        const skips = schemaWith(contract('DropFromTheFuture9999999999999', newest() + 1));
        await expect(skips.refuseIfOthersAreTooOld()).rejects.toThrow(/an older release needs that still runs/);
        await schemaWith(contract('DropFromTheFuture9999999999999', newest())).refuseIfOthersAreTooOld();
      } finally {
        await running.end();
      }
      await skipsWithNobody();
    });
    const skipsWithNobody = () =>
      schemaWith(contract('DropFromTheFuture9999999999999', newest() + 1)).refuseIfOthersAreTooOld();

    it('tell older ones what they take away', async () => {
      const schema = schemaWith(contract('DropFromTheFuture9999999999999', newest() + 1));
      await schema.announceContracts();
      await schema.announceContracts();
      await insert('DropFromTheFuture9999999999999');
      expect(await schema.tooOld()).toBeUndefined();
      await expect(migrate(database.url)).rejects.toThrow(/has taken away/);
    });
  });

  it('that take something away say so: all others only add', async () => {
    for (const migration of migrations().filter(({ name }) => timestampOf(name ?? '') >= RULED_SINCE)) {
      const statements: string[] = [];
      const runner = { query: async (sql: string) => (statements.push(sql), []) } as unknown as QueryRunner;
      await migration.up(runner);
      const taken = statements.flatMap(takenAway);
      if (!('contracts' in migration))
        expect({ name: migration.name, taken }).toEqual({ name: migration.name, taken: [] });
    }
  });
});
