import 'reflect-metadata';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as pg from 'pg';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { connectionOptions } from './connection';
import { outlives } from './lasting-pool';
import { Schema, timestampOf } from './schema';
import { startRefusal } from './start-refusal';

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
    extra: { ...connectionOptions(url, `app/${newestMigration()}`), max: 10, onConnect: outlives },
  };
}

/**
 * Brings the schema up to date; does nothing when it is. What a newer release added is left alone.
 * @returns the names of the migrations that were made
 * @throws when PostgreSQL does not answer or refuses, when a newer release took away what this one needs, or when this one would take away what an
 *   older one that runs needs
 */
export async function migrate(url: string): Promise<string[]> {
  const options = dataSourceOptions(url);
  const source = new DataSource({
    ...options,
    extra: { ...connectionOptions(url, 'migrate'), statement_timeout: 0, query_timeout: 0, max: 2 },
  } as DataSourceOptions);
  await source.initialize().catch((error: Error) => {
    throw startRefusal('DATABASE_URL', error);
  });
  const lock = source.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK.toString()]);
    const schema = new Schema((sql, values) => source.query(sql, values), source.migrations);
    await schema.refuseIfTooOld();
    await schema.refuseIfOthersAreTooOld();
    // before anything is taken away, and where there was nowhere to say it, after
    await schema.announceContracts();
    const made = (await source.runMigrations()).map(({ name }) => name);
    await schema.announceContracts();
    return made;
  } catch (error) {
    throw startRefusal('DATABASE_URL', error);
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK.toString()]).catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}

/** Those that this release brings, in order. */
export function migrations(): MigrationInterface[] {
  return migrationClasses().map((migration) => new migration());
}

/** What this release says of itself on its connections. */
function newestMigration(): number {
  return Math.max(...migrationClasses().map(({ name }) => timestampOf(name)));
}

function migrationClasses(): MigrationClass[] {
  if (!FOLDER) throw new Error('The migrations are missing from this build');
  return readdirSync(FOLDER)
    .filter((file) => /^\d+-[a-z0-9-]+\.(js|ts)$/.test(file))
    .sort()
    .flatMap((file) => Object.values(require(join(FOLDER, file)) as Record<string, MigrationClass>));
}
