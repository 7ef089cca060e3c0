import type { KeyDatabase, Query } from '../../keys/key-database.store';

/** Serialises the making of keys; the number is arbitrary but must never change. */
const LOCK = 6_127_315_033n;

export interface SigningKeyRow {
  /** From 1. */
  readonly number: number;
  /** 32 bytes. */
  readonly public: Buffer;
  /** The seed. */
  readonly wrapped: Buffer;
  /** Id of the key it is wrapped by. */
  readonly wrapper: string;
  /** Index of the entry that announced it: it signs trees that hold that entry. -1 for the first; null: not in use yet. */
  readonly since: number | null;
}

/** The keys of logs, each wrapped: `audit_keys.signing_keys`. */
export class SigningKeyRows {
  constructor(
    private readonly database: KeyDatabase,
    private readonly log: string,
  ) {}

  async open(): Promise<void> {
    await this.locked(async (query) => {
      const [found] = await query<{ schema: boolean }>(
        `select exists (select from pg_namespace where nspname = 'audit_keys') as schema`,
      );
      if (!found?.schema) await query('create schema audit_keys');
      await query(
        `create table if not exists audit_keys.signing_keys (
           log text not null,
           number int not null check (number >= 1),
           public bytea not null check (octet_length(public) = 32),
           wrapped bytea not null,
           wrapper text not null,
           made_at timestamptz not null default clock_timestamp(),
           since bigint,
           primary key (log, number)
         )`,
      );
    });
  }

  /** In order; the last one may not be active yet. */
  async all(query: Query = this.database.query): Promise<SigningKeyRow[]> {
    const rows = await query<Omit<SigningKeyRow, 'since'> & { since: string | null }>(
      'select number, public, wrapped, wrapper, since from audit_keys.signing_keys where log = $1 order by number',
      [this.log],
    );
    return rows.map((row) => ({ ...row, since: row.since === null ? null : Number(row.since) }));
  }

  /** Nobody else makes a key meanwhile. */
  locked<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return this.database.transaction(10_000, async (query) => {
      await query('select pg_advisory_xact_lock($1)', [LOCK.toString()]);
      return work(query);
    });
  }

  async add(query: Query, { number, public: key, wrapped, wrapper, since }: SigningKeyRow): Promise<void> {
    await query(
      `insert into audit_keys.signing_keys (log, number, public, wrapped, wrapper, since)
       values ($1, $2, $3, $4, $5, $6)`,
      [this.log, number, key, wrapped, wrapper, since],
    );
  }

  /** @param index of the entry that announces it */
  async activate(publicKey: Buffer, index: number): Promise<void> {
    await this.database.query(
      'update audit_keys.signing_keys set since = $3 where log = $1 and public = $2 and since is null',
      [this.log, publicKey, index],
    );
  }

  /** The entries from `size` on are gone, and with them what they announced. */
  async unannounce(size: number): Promise<void> {
    await this.database.query('update audit_keys.signing_keys set since = null where log = $1 and since >= $2', [
      this.log,
      size,
    ]);
  }

  async rewrap(number: number, wrapped: Buffer, wrapper: string): Promise<void> {
    await this.database.query(
      `update audit_keys.signing_keys set wrapped = $3, wrapper = $4 where log = $1 and number = $2`,
      [this.log, number, wrapped, wrapper],
    );
  }
}
