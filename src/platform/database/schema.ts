import type { MigrationInterface } from 'typeorm';

/** A migration that takes away what older releases need. All others only add. */
export interface Contraction extends MigrationInterface {
  /** The timestamp of the migration that brought what replaces it: releases that do not know that one cannot live with this one. */
  readonly contracts: number;
}

type Query = <T>(sql: string, values?: unknown[]) => Promise<T[]>;

const MADE = `select name from migrations`;
const OLDEST = `select name, oldest::float8 as oldest from schema_contracts order by oldest desc limit 1`;
const ANNOUNCE = `insert into schema_contracts (name, oldest) values ($1, $2) on conflict do nothing`;
/** Gateways and workers say on their connections which schema they know. */
const ALIVE = `
  select distinct substring(application_name from '^gatehouse-app/?(\\d*)$') as newest
  from pg_stat_activity where datname = current_database() and application_name ~ '^gatehouse-app(/|$)'`;

/** At the end of its name, as TypeORM wants it. */
export function timestampOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0]);
}

/** What is in the database, as far as releases of different age have to agree about it. */
export class Schema {
  private readonly known: ReadonlyMap<string, MigrationInterface>;

  /** @param migrations that this release brings */
  constructor(
    private readonly query: Query,
    migrations: readonly MigrationInterface[],
  ) {
    this.known = new Map(migrations.map((migration) => [migration.name ?? migration.constructor.name, migration]));
  }

  /** Names of migrations that only a newer release knows. */
  async unknown(): Promise<string[]> {
    return [...(await this.made())].filter((name) => !this.known.has(name));
  }

  /** Names of migrations that are not made yet. */
  async pending(): Promise<string[]> {
    const made = await this.made();
    return [...this.known.keys()].filter((name) => !made.has(name));
  }

  /** Why this release cannot live with the schema; undefined when it can. */
  async tooOld(): Promise<string | undefined> {
    const unknown = await this.unknown();
    if (!unknown.length) return undefined;
    if (!(await this.has('schema_contracts')))
      return `The database was migrated by another release (${unknown.join(', ')}); start that one or restore a backup`;
    const [contract] = await this.query<{ name: string; oldest: number }>(OLDEST);
    const newest = Math.max(...[...this.known.keys()].map(timestampOf));
    if (!contract || newest >= contract.oldest) return undefined;
    return `A newer release has taken away what this one needs (${contract.name}); start that release or restore a backup`;
  }

  async refuseIfTooOld(): Promise<void> {
    const why = await this.tooOld();
    if (why !== undefined) throw new Error(why);
  }

  /** @throws when this release would take away what a gateway or worker that runs still needs */
  async refuseIfOthersAreTooOld(): Promise<void> {
    const made = await this.made();
    const pending = this.contractions().filter(([name]) => !made.has(name));
    if (!pending.length) return;
    const alive = await this.query<{ newest: string }>(ALIVE);
    for (const [name, { contracts }] of pending)
      if (alive.some(({ newest }) => Number(newest) < contracts))
        throw new Error(
          `${name} takes away what an older release needs that still runs: deploy a release in between, or stop the old one`,
        );
  }

  /** Older releases read it before they start. */
  async announceContracts(): Promise<void> {
    if (!(await this.has('schema_contracts'))) return;
    for (const [name, { contracts }] of this.contractions()) await this.query(ANNOUNCE, [name, contracts]);
  }

  private contractions(): [string, Contraction][] {
    return [...this.known].filter((entry): entry is [string, Contraction] => 'contracts' in entry[1]);
  }

  private async made(): Promise<ReadonlySet<string>> {
    if (!(await this.has('migrations'))) return new Set();
    return new Set((await this.query<{ name: string }>(MADE)).map(({ name }) => name));
  }

  private async has(table: string): Promise<boolean> {
    const [row] = await this.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table]);
    return row?.there ?? false;
  }
}
