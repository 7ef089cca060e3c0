import 'reflect-metadata';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as pg from 'pg';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { connectionOptions, isUnavailable } from './connection';
import { outlives } from './lasting-pool';

type MigrationClass = new () => MigrationInterface;

/** Beside the build (`dist/migrations`), or at the top of the sources when tests run them. */
const FOLDER = [join(__dirname, '../../migrations'), join(__dirname, '../../../migrations')].find((dir) =>
  existsSync(dir),
);

/** Serialises the start of several replicas; the number is arbitrary but must never change. */
const MIGRATION_LOCK = 6_127_315_018n;

export function dataSourceOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    driver: pg, // else a name that it looks for in node_modules: another copy of the classes than ours
    url,
    migrations: migrationClasses(),
    migrationsTransactionMode: 'each',
    synchronize: false,
    // a lost connection is replaced at its next use; readiness reports the outage
    poolErrorHandler: () => undefined,
    extra: { ...connectionOptions(url, 'app'), max: 10, onConnect: outlives },
  };
}

/**
 * Brings the schema up to date; does nothing when it is.
 * @throws when PostgreSQL does not answer, or when the database was migrated by a newer release: serving with an unknown schema could lose data.
 */
export async function migrate(url: string): Promise<void> {
  const options = dataSourceOptions(url);
  const source = new DataSource({
    ...options,
    extra: { ...connectionOptions(url, 'migrate'), statement_timeout: 0, query_timeout: 0, max: 2 },
  } as DataSourceOptions);
  await source.initialize().catch((error: Error) => {
    throw isUnavailable(error) ? new Error(`PostgreSQL at DATABASE_URL does not answer: ${error.message}`) : error;
  });
  const lock = source.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK.toString()]);
    await refuseNewer(source);
    await source.runMigrations();
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK.toString()]).catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}

/** Of all migrations that this release brings, in order. */
export function migrationNames(): string[] {
  return migrationClasses().map((migration) => new migration().name ?? migration.name);
}

async function refuseNewer(source: DataSource): Promise<void> {
  const [{ exists }] = await source.query<[{ exists: boolean }]>(
    `select to_regclass('migrations') is not null as exists`,
  );
  if (!exists) return;
  const known = new Set(source.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const applied = await source.query<{ name: string }[]>('select name from migrations order by timestamp');
  const unknown = applied.filter(({ name }) => !known.has(name));
  if (unknown.length)
    throw new Error(
      `The database was migrated by a newer release (${unknown.map(({ name }) => name).join(', ')}); start that release or restore a backup`,
    );
}

function migrationClasses(): MigrationClass[] {
  if (!FOLDER) throw new Error('The migrations are missing from this build');
  return readdirSync(FOLDER)
    .filter((file) => /^\d+-[a-z0-9-]+\.(js|ts)$/.test(file))
    .sort()
    .flatMap((file) => Object.values(require(join(FOLDER, file)) as Record<string, MigrationClass>));
}
