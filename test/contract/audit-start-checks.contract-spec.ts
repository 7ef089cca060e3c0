import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import { AuditSchema } from '../../src/features/audit/log/audit-schema.service';
import { provision } from '../../src/features/audit/log/provision/provision.store';
import { AuditSettings } from '../../src/platform/config/audit-settings';
import { Secret } from '../../src/platform/secrets/secret';
import { adminUrl, testDatabase, type TestDatabase } from '../support/database';

const MONTH = new Date().toISOString().slice(0, 7).replace('-', '_');

describe('a log that is not kept as it should be', () => {
  let database: TestDatabase;
  let admin: Client;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await testDatabase();
    admin = new Client(adminUrl(database));
    await admin.connect();
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });
  const open = async (mode: 'strict' | 'relaxed', tenants: Record<string, object> = {}) => {
    const schema = await AuditSchema.open({
      databaseUrl: new Secret(database.url),
      audit: AuditSettings.parse({ mode, tenants }),
      production: true,
      embeddedDatabase: false,
    });
    schema.onApplicationShutdown();
    return schema.securityReport();
  };

  it.each([
    ['a trigger that is gone', `drop trigger refuse_statements on audit.tiles`],
    ['a trigger of a partition that is gone', `drop trigger refuse_statements on audit.headers_${MONTH}`],
    ['a row trigger of a partitioned table that is gone', `drop trigger refuse_rows on audit.headers`],
    ['a trigger that is off', `alter table audit.batches disable trigger refuse_rows`],
    ['triggers that are not always on', `alter table audit.payloads enable trigger all`],
    [
      'a trigger that does nothing',
      `create function audit.nothing() returns trigger language plpgsql as $$ begin return new; end $$;
      create or replace trigger refuse_rows before update on audit.tiles for each row execute function audit.nothing()`,
    ],
    ['a table that the application owns', `alter table audit.checkpoints owner to gatehouse`],
    ['a right of the writer', `grant select on audit.batches to gatehouse_audit_writer`],
    ['a right of a column', `grant update (note) on audit.checkpoints to gatehouse`],
    ['a right of everybody', `grant delete on audit.headers to public`],
    ['a function that everybody may call', `grant execute on function audit.drop_segment to public`],
    ['the schema open to all', `grant create on schema audit to public`],
  ])('keeps the gateway from starting, until it is provisioned again: %s', async (_what, damage) => {
    await admin.query(`begin; set local gatehouse_audit.maintenance = on; ${damage}; commit`);
    await expect(open('strict')).rejects.toThrow(/The audit log cannot be relied upon[^]*npm run audit:provision/);
    await expect(open('relaxed', { careful: { mode: 'sealed' } })).rejects.toThrow(/cannot be relied upon/);
    expect(await open('relaxed')).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.any(String)]) as string[],
    });
    await provision(adminUrl(database), 'gatehouse');
    expect(await open('strict')).toEqual({ ok: true, version: 1, problems: [], warnings: [] });
  });

  it('is told in one message', async () => {
    await admin.query(`begin; set local gatehouse_audit.maintenance = on;
      drop trigger refuse_statements on audit.tiles; grant select on audit.batches to public; commit`);
    await expect(open('strict')).rejects.toThrow(
      /Not protected against change: audit\.tiles: refuse_statements is missing\.\n {2}- More rights than there should be: [^]*PUBLIC has a right on audit\.batches/,
    );
  });
});
