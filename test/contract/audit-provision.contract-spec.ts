import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { AUDIT_ROLES, AuditRoleError, auditConnection, auditPool } from '../../src/platform/database/audit-connection';
import { AuditSchema } from '../../src/features/audit/log/audit-schema.service';
import { provision } from '../../src/features/audit/log/provision/provision.store';
import { VERSIONS } from '../../src/features/audit/log/provision/schema-version';
import { AuditSettings } from '../../src/platform/config/audit-settings';
import { Secret } from '../../src/platform/secrets/secret';
import { append, testBatch, testHeader } from '../support/audit-batch';
import { bareDatabase, withRole, type BareDatabase } from '../support/bare-database';
import { query } from '../support/query';

const ENTRY = join(__dirname, '../../dist/provision-audit.js');
const config = (url: string, mode: 'strict' | 'relaxed' = 'strict', production = false) => ({
  databaseUrl: new Secret(url),
  audit: AuditSettings.parse({ mode }),
  production,
  embeddedDatabase: false,
});

let database: BareDatabase;
beforeAll(() => Logger.overrideLogger(false));
beforeEach(async () => {
  database = await bareDatabase();
});
afterEach(() => database?.drop());

describe('provision', () => {
  it('makes a log that can be written, and does nothing the second time', async () => {
    const catalogue = () =>
      query(
        database.adminUrl,
        `select c.relname, c.relowner::regrole::text, c.relacl::text,
                (select array_agg(tgname || tgenabled::text order by tgname) from pg_trigger where tgrelid = c.oid)
           from pg_class c where relnamespace = 'audit'::regnamespace
         union all
         select p.oid::regprocedure::text, proowner::regrole::text, proacl::text, array[prosrc] from pg_proc p where pronamespace = 'audit'::regnamespace
         order by 1`,
      );
    expect(await provision(database.adminUrl, 'gatehouse')).toMatchObject({ before: undefined, ddlGuarded: true });
    const made = await catalogue();
    expect(made.length).toBeGreaterThan(30);
    const writer = await auditConnection(database.url, 'writer', 'test');
    await append(writer, testBatch([testHeader()]));
    await writer.end();
    expect(await provision(database.adminUrl, 'gatehouse')).toMatchObject({ before: 1, version: 1 });
    expect(await catalogue()).toEqual(made);
    expect(await query(database.adminUrl, 'select n from audit.batches')).toEqual([{ n: 1 }]);
  });

  it('can be done in several databases, and several times in one, at once', async () => {
    const others = await Promise.all([bareDatabase(), bareDatabase(), bareDatabase()]);
    const role = `app_${randomBytes(6).toString('hex')}`;
    try {
      await Promise.all(
        [database, ...others].flatMap(({ adminUrl }) => [
          provision(adminUrl, role, { appPassword: 'secret' }),
          provision(adminUrl, role, { appPassword: 'secret' }),
        ]),
      );
      for (const { adminUrl } of others) {
        const client = await auditConnection(withRole(adminUrl, role, 'secret'), 'writer', 'test');
        expect(await append(client, testBatch([testHeader()]))).toBe(0);
        await client.end();
      }
    } finally {
      for (const other of others) await other.drop();
      await query(database.adminUrl, `drop owned by ${role}`);
      await database.drop();
      await query(database.serverUrl, `drop role ${role}`);
    }
  });

  it('brings an older schema up, and keeps what is in it', async () => {
    await provision(database.adminUrl, 'gatehouse');
    const writer = await auditConnection(database.url, 'writer', 'test');
    await append(writer, testBatch([testHeader()]));
    const versions = [...VERSIONS, { version: 2, sql: 'alter table audit.spans add column note text' }];
    expect(await provision(database.adminUrl, 'gatehouse', { versions })).toMatchObject({ before: 1, version: 2 });
    expect(await provision(database.adminUrl, 'gatehouse', { versions })).toMatchObject({ before: 2, version: 2 });
    expect(await append(writer, testBatch([testHeader()]))).toBe(1);
    await writer.end();
    expect(await query(database.adminUrl, 'select version from audit.version order by 1')).toEqual([
      { version: 1 },
      { version: 2 },
    ]);
  });

  it('changes nothing when a version cannot be made', async () => {
    await provision(database.adminUrl, 'gatehouse');
    const versions = [...VERSIONS, { version: 2, sql: 'drop table audit.spans; select 1 / 0' }];
    await expect(provision(database.adminUrl, 'gatehouse', { versions })).rejects.toThrow(/failed: division by zero/);
    expect(await query(database.adminUrl, 'select count(*)::int as spans from audit.spans')).toEqual([{ spans: 0 }]);
    expect(await provision(database.adminUrl, 'gatehouse')).toMatchObject({ before: 1 });
  });

  it('refuses a schema that is newer, or not ours', async () => {
    await provision(database.adminUrl, 'gatehouse');
    await query(
      database.adminUrl,
      `begin; set local gatehouse_audit.maintenance = on; comment on schema audit is 'gatehouse audit log, version 9'; commit`,
    );
    await expect(provision(database.adminUrl, 'gatehouse')).rejects.toThrow(
      /newer release \(version 9, this one knows 1\)/,
    );
    await expect(AuditSchema.open(config(database.url))).rejects.toThrow(
      /newer than this release \(version 9, not 1\)/,
    );
    await query(
      database.adminUrl,
      `begin; set local gatehouse_audit.maintenance = on; comment on schema audit is 'something else'; commit`,
    );
    await expect(provision(database.adminUrl, 'gatehouse')).rejects.toThrow(
      /has a schema audit which is not the audit log/,
    );
  });

  it('says why it cannot', async () => {
    await expect(provision(database.url, 'gatehouse')).rejects.toThrow(
      /^gatehouse may not provision: it takes a superuser, or a role with CREATEROLE that owns the database\.$/,
    );
    await expect(provision(database.adminUrl, 'nobody_there')).rejects.toThrow(/There is no role nobody_there/);
    await expect(provision('postgres://a:b@127.0.0.1:1/x', 'gatehouse')).rejects.toThrow(/cannot be reached/);
  });
});

describe('the command', () => {
  const run = (env: Record<string, string>) =>
    spawnSync(process.execPath, [ENTRY], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env } });

  it('provisions, and says what it did', () => {
    const env = { GATEHOUSE_ADMIN_DATABASE_URL: database.adminUrl, DATABASE_URL: database.url };
    expect(run(env)).toMatchObject({ status: 0, stdout: 'The audit log was brought to version 1.\n' });
    expect(run(env)).toMatchObject({ status: 0, stdout: 'The audit log is in order (version 1).\n' });
  });

  it('fails with a sentence', () => {
    const env = { GATEHOUSE_ADMIN_DATABASE_URL: database.url, DATABASE_URL: database.url };
    expect(run(env)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^Not provisioned\. gatehouse may not/) as string,
    });
    expect(run({ DATABASE_URL: database.url })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/GATEHOUSE_ADMIN_DATABASE_URL: is not set/) as string,
    });
  });
});

describe('the gateway', () => {
  it('does not start on a database that is not provisioned, when its role is not able to', async () => {
    await expect(AuditSchema.open(config(database.url))).rejects.toThrow(
      /no schema for the audit log\.\nMend it with: {2}GATEHOUSE_ADMIN_DATABASE_URL=postgres:\/\/… npm run audit:provision/,
    );
    const pool = auditPool(database.url, 'reader', 'test', 1);
    // the role exists in the cluster, the schema does not
    await expect(pool.query('select * from audit.log')).rejects.toThrow(/does not exist/);
    await pool.end();
  });

  it('starts where nobody relies on the log, and says what is wrong', async () => {
    const schema = await AuditSchema.open(config(database.url, 'relaxed'));
    expect(schema.securityReport()).toMatchObject({
      ok: false,
      version: undefined,
      problems: ['The database has no schema for the audit log.'],
    });
    schema.onApplicationShutdown();
  });

  it('provisions by itself as a superuser, but not for production', async () => {
    const schema = await AuditSchema.open(config(database.adminUrl));
    expect(schema.securityReport()).toMatchObject({
      ok: true,
      version: 1,
      warnings: [expect.stringMatching(/is a superuser/)],
    });
    schema.onApplicationShutdown();
    await expect(AuditSchema.open(config(database.adminUrl, 'strict', true))).rejects.toThrow(/is a superuser/);
  });

  it('provisions by itself as the owner of the database who may make roles', async () => {
    const role = `maker_${randomBytes(6).toString('hex')}`;
    await query(database.adminUrl, `create role ${role} login createrole password 'x'`);
    await query(database.adminUrl, `alter database "${database.name}" owner to ${role}`);
    const url = withRole(database.url, role, 'x');
    try {
      // in this cluster a superuser made the roles of the log; before 16, who may make roles may also hand out any
      if (await isSixteen(database.adminUrl)) {
        await expect(AuditSchema.open(config(url))).rejects.toThrow(/no schema for the audit log/);
        for (const name of ['owner', ...AUDIT_ROLES])
          await query(
            database.adminUrl,
            `grant gatehouse_audit_${name} to ${role} with admin true, set false, inherit false`,
          );
      }
      const schema = await AuditSchema.open(config(url));
      expect(schema.securityReport()).toMatchObject({
        ok: true,
        warnings: [expect.stringMatching(/could make itself the owner/), expect.stringMatching(/No event trigger/)],
      });
      schema.onApplicationShutdown();
      const writer = await auditConnection(url, 'writer', 'test');
      expect(await append(writer, testBatch([testHeader()]))).toBe(0);
      await writer.end();
      await expect(query(url, 'delete from audit.batches')).rejects.toMatchObject({ code: '42501' });
      await expect(AuditSchema.open(config(url, 'strict', true))).rejects.toThrow(/could make itself the owner/);
    } finally {
      await database.drop();
      await query(database.serverUrl, `drop owned by ${role} cascade`);
      await query(database.serverUrl, `drop role ${role}`);
    }
  });

  it('refuses a log that its role was not admitted to', async () => {
    const role = `other_${randomBytes(6).toString('hex')}`;
    await provision(database.adminUrl, 'gatehouse');
    await query(database.adminUrl, `create role ${role} login password 'x'`);
    try {
      await expect(AuditSchema.open(config(withRole(database.url, role, 'x')))).rejects.toThrow(
        /cannot become gatehouse_audit_writer; gatehouse_audit_reader; /,
      );
    } finally {
      await query(database.adminUrl, `drop role ${role}`);
    }
  });

  it('refuses commits that are not durable', async () => {
    await provision(database.adminUrl, 'gatehouse');
    await query(database.adminUrl, `alter database "${database.name}" set synchronous_commit = off`);
    await expect(AuditSchema.open(config(database.url))).rejects.toThrow(/synchronous_commit is off/);
  });

  it('cannot become what it was not made a member of', async () => {
    await provision(database.adminUrl, 'gatehouse');
    const role = `other_${randomBytes(6).toString('hex')}`;
    await query(database.adminUrl, `create role ${role} login password 'x'`);
    try {
      await expect(auditConnection(withRole(database.url, role, 'x'), 'reader', 'test')).rejects.toThrow(
        AuditRoleError,
      );
    } finally {
      await query(database.adminUrl, `drop role ${role}`);
    }
  });
});

async function isSixteen(url: string): Promise<boolean> {
  const [row] = await query<{ server_version_num: string }>(url, 'show server_version_num');
  return Number(row?.server_version_num) >= 160_000;
}
