import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientBase } from 'pg';
import { AUDIT_ROLES, roleName } from '../../../../platform/database/audit-connection';
import { connectionOptions, isUnavailable } from '../../../../platform/database/connection';
import { APPEND } from './append-sql';
import { DDL_GUARD, GUARDS } from './guards-sql';
import { PROJECT } from './project-sql';
import { PUBLISH } from './publish-sql';
import { GRANTS, OWNERSHIP, ROLES } from './roles-sql';
import { newest, schemaComment, VERSIONS, type SchemaVersion } from './schema-version';
import { scramVerifier } from './scram';
import { SEGMENTS } from './segments-sql';
import { readStanding, whyNotAble, type Standing } from './standing.store';

const ATTEMPTS = 40;
const MONTHS_AHEAD = 3;
/** Nothing here waits for more than another provisioning, or for an append. */
const LOCK_MS = 5_000;
const OWNER = roleName('owner');

/** Says in a sentence why the database cannot be provisioned. */
export class ProvisionError extends Error {}

export interface ProvisionOptions {
  /** Makes the role of the application when there is none. */
  readonly appPassword?: string | undefined;
  readonly versions?: readonly SchemaVersion[];
}

export interface Provisioned {
  readonly version: number;
  /** undefined when there was no schema before. */
  readonly before: number | undefined;
  /** The role of the application did not exist. */
  readonly appRoleMade: boolean;
  /** A superuser's careless DDL is refused as well. */
  readonly ddlGuarded: boolean;
}

/**
 * Brings schema, roles, guards and rights of the audit log to what this release needs, in one transaction; changes nothing
 * that is in order. Safe to run at the same time, in this database and in others of the cluster.
 * @param adminUrl for a superuser, or for a role with CREATEROLE that owns the database
 * @param appRole the role that the gateway connects as
 * @throws ProvisionError
 */
export async function provision(
  adminUrl: string,
  appRole: string,
  options: ProvisionOptions = {},
): Promise<Provisioned> {
  const client = new Client({
    ...connectionOptions(adminUrl, 'provision'),
    statement_timeout: 60_000,
    query_timeout: 61_000,
    lock_timeout: LOCK_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new ProvisionError(`PostgreSQL cannot be reached for provisioning: ${(error as Error).message}`);
  }
  try {
    for (let attempt = 1; ; attempt++)
      try {
        return await inTransaction(client, () => bringUp(client, appRole, options));
      } catch (error) {
        if (!isRace(error) || attempt === ATTEMPTS) throw explained(error);
        await sleep(20 + Math.random() * 50 * attempt);
      }
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function bringUp(
  client: ClientBase,
  appRole: string,
  { appPassword, versions = VERSIONS }: ProvisionOptions,
): Promise<Provisioned> {
  await client.query('select pg_advisory_xact_lock(7143002, 5)');
  await client.query(`select set_config('gatehouse_audit.maintenance', 'on', true)`);
  const standing = await readStanding(client, appRole);
  const problem = whyNotAble(standing, appRole, appPassword !== undefined, newest(versions));
  if (problem) throw new ProvisionError(problem);

  await client.query(ROLES);
  if (standing.superuser) await client.query(OWNERSHIP);
  if (!standing.appRoleExists) await makeAppRole(client, appRole, appPassword as string);
  await asOwner(client, standing, async () => {
    for (const { version, sql } of versions) {
      if (version <= (standing.version ?? 0)) continue;
      await client.query(sql);
      await client.query('insert into audit.version (version) values ($1)', [version]);
      await client.query(`comment on schema audit is '${schemaComment(version)}'`);
    }
    for (const sql of [APPEND, PUBLISH, PROJECT, GUARDS, SEGMENTS, GRANTS]) await client.query(sql);
    await client.query('select audit.protect_all()');
    await client.query('select audit.ensure_partitions($1)', [MONTHS_AHEAD]);
    await client.query(`select set_config('gatehouse_audit.maintenance', 'on', true)`);
  });
  const ddlGuarded = await guardDdl(client);
  await admit(client, standing, appRole);
  return {
    version: newest(versions),
    before: standing.version,
    appRoleMade: !standing.appRoleExists,
    ddlGuarded,
  };
}

/** A superuser becomes the owner as it likes; another role makes itself a member for the length of the transaction. */
async function asOwner(client: ClientBase, standing: Standing, work: () => Promise<void>): Promise<void> {
  const options = standing.server >= 16 ? ' with set true, inherit false' : '';
  if (!standing.superuser) await client.query(`grant ${OWNER} to current_user${options}`);
  if (standing.version === undefined) await client.query(`create schema audit authorization ${OWNER}`);
  await client.query(`set local role ${OWNER}`);
  await work();
  await client.query('reset role');
  if (!standing.superuser) await client.query(`revoke ${OWNER} from current_user`);
}

/** Only a superuser may, or whom a provider of databases lets. @returns whether the guard is there */
async function guardDdl(client: ClientBase): Promise<boolean> {
  await client.query('savepoint ddl_guard');
  try {
    await client.query(DDL_GUARD);
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501') throw error;
    await client.query('rollback to savepoint ddl_guard');
  }
  const { rows } = await client.query<{ guarded: boolean }>(
    `select count(*) = 2 as guarded from pg_event_trigger where evtname like 'gatehouse\\_audit\\_%' and evtenabled = 'A'`,
  );
  return rows[0]!.guarded;
}

async function makeAppRole(client: ClientBase, appRole: string, password: string): Promise<void> {
  const role = client.escapeIdentifier(appRole);
  await client.query(`create role ${role} login noinherit password ${client.escapeLiteral(scramVerifier(password))}`);
  await client.query(`grant usage, create on schema public to ${role}`);
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  await client.query(
    `grant connect, create, temporary on database ${client.escapeIdentifier(rows[0]!.name)} to ${role}`,
  );
}

/** The application may become each of the four roles, and has none of their rights until it does. */
async function admit(client: ClientBase, { server, appSuperuser }: Standing, appRole: string): Promise<void> {
  const role = client.escapeIdentifier(appRole);
  const { rows } = await client.query<{ name: string }>(
    `select g.rolname as name from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member
      where r.rolname = $1 ${server >= 16 ? 'and m.set_option and not m.inherit_option' : ''}`,
    [appRole],
  );
  const has = new Set(rows.map(({ name }) => name));
  for (const name of AUDIT_ROLES.map(roleName))
    if (!has.has(name))
      await client.query(`grant ${name} to ${role}${server >= 16 ? ' with inherit false, set true' : ''}`);
  // before 16 inheriting is a trait of the member, who then no longer makes tables as the owner of the database either
  if (server < 16 && !appSuperuser)
    await client.query(`do $$ begin
      if (select rolinherit from pg_roles where rolname = ${client.escapeLiteral(appRole)}) then alter role ${role} noinherit; end if;
      if (select datdba::regrole from pg_database where datname = current_database()) = ${client.escapeLiteral(role)}::regrole
      then grant usage, create on schema public to ${role}; end if;
    end $$`);
}

async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin isolation level read committed');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Another provisioning was faster: roles and their memberships are rows that all databases of a cluster share. */
function isRace(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    (code === 'XX000' && /tuple concurrently (updated|deleted)/.test(message ?? '')) ||
    ['23505', '42710', '42P06', '40P01', '55P03'].includes(code ?? '')
  );
}

function explained(error: unknown): unknown {
  if (error instanceof ProvisionError || !(error instanceof Error)) return error;
  const reason = isUnavailable(error) ? 'PostgreSQL went away while provisioning' : 'Provisioning the audit log failed';
  return new ProvisionError(`${reason}: ${error.message}`, { cause: error });
}
