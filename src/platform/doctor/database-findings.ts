import type { Client } from 'pg';
import type { MigrationInterface } from 'typeorm';
import { Schema } from '../database/schema';
import { fail, ok, warn, type Finding } from './finding';

const OLDEST = 15;
const NEWEST = 18;
/** Clocks further apart than this put entries of the log in an order that surprises. */
const APART_MS = 1_000;

interface Facts {
  readonly version: number;
  readonly now: Date;
  readonly connections: number;
  readonly wal_init_zero: string | null;
  readonly min_wal: string;
}

/** The server itself, apart from what is in it. @param client connected */
export async function serverFindings(client: Client): Promise<Finding[]> {
  const started = Date.now();
  const { rows } = await client.query<Facts>(`
    select current_setting('server_version_num')::int / 10000 as version, clock_timestamp() as now,
           current_setting('max_connections')::int - (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
           current_setting('wal_init_zero', true) as wal_init_zero,
           pg_size_bytes(current_setting('min_wal_size'))::text as min_wal`);
  const { version, now, connections, wal_init_zero, min_wal } = rows[0] as Facts;
  const apart = Math.abs(now.getTime() - (started + Date.now()) / 2);
  const found = [
    version < OLDEST || version > NEWEST
      ? fail('postgresql', `version ${version}: ${OLDEST} to ${NEWEST} are supported`)
      : ok('postgresql', `version ${version}, ${connections} connections are free`),
  ];
  if (apart > APART_MS)
    found.push(fail('clock', `the server's clock is ${Math.round(apart / 1_000)} s away from this machine's`));
  if (connections < 30)
    found.push(warn('connections', `only ${connections} are free; a process takes up to 30: raise max_connections`));
  if (wal_init_zero === 'on' && Number(min_wal) < 2 ** 30)
    found.push(warn('wal', 'new WAL segments hold up every commit: set min_wal_size = 1GB, or wal_init_zero = off'));
  return found;
}

/** @param migrations that this release brings */
export async function migrationFinding(client: Client, migrations: readonly MigrationInterface[]): Promise<Finding> {
  const what = 'migrations';
  const schema = new Schema(
    async <T>(sql: string, values?: unknown[]) => (await client.query(sql, values)).rows as T[],
    migrations,
  );
  const pending = await schema.pending();
  if (pending.length === migrations.length) return ok(what, `none yet; the first start makes ${migrations.length}`);
  const tooOld = await schema.tooOld();
  if (tooOld !== undefined) return fail(what, tooOld);
  const unknown = await schema.unknown();
  if (unknown.length) return warn(what, `a newer release has added to the schema: ${unknown.join(', ')}`);
  return ok(
    what,
    pending.length ? `${pending.length} are made at the next start` : `all ${migrations.length} are there`,
  );
}
