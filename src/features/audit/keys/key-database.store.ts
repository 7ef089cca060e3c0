import { Client, Pool, type ClientBase, type QueryResultRow } from 'pg';
import { connectionOptions, isUnavailable } from '../../../platform/database/connection';
import { lasting } from '../../../platform/database/lasting-pool';
import { ensureKeySchema } from './key-schema.store';
import { keysUnavailable } from './keys-unavailable';

const NAME = 'audit-keys';
const CONNECTIONS = 4;
const STATEMENT_MS = 3_000;
const ATTEMPTS = 4;
/** Deadlock, serialisation failure, and a lock that was not given in time. */
const AGAIN = /^(40P01|40001|55P03)$/;

export type Query = <R extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<R[]>;

/** Where the keys are: a few connections, a deadline for each statement. */
export class KeyDatabase {
  private readonly pool: Pool;

  constructor(readonly url: string) {
    this.pool = lasting(new Pool({ ...options(url, STATEMENT_MS), max: CONNECTIONS }));
  }

  /** Makes or updates the schema. */
  open(): Promise<void> {
    return this.session(60_000, ensureKeySchema);
  }

  readonly query: Query = async <R extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
    try {
      return (await this.pool.query<R>(text, values as unknown[])).rows;
    } catch (error) {
      throw translated(error);
    }
  };

  /**
   * On a connection of its own, in a transaction that is repeated when it collides with others.
   * @param ms the longest that one of its statements may take
   */
  transaction<T>(ms: number, work: (query: Query) => Promise<T>): Promise<T> {
    return this.session(ms, async (client) => {
      const query: Query = async <R extends QueryResultRow>(text: string, values?: readonly unknown[]) =>
        (await client.query<R>(text, values as unknown[])).rows;
      for (let attempt = 1; ; attempt++)
        try {
          await client.query('begin');
          const result = await work(query);
          await client.query('commit');
          return result;
        } catch (error) {
          await client.query('rollback').catch(() => undefined);
          if (attempt >= ATTEMPTS || !AGAIN.test((error as { code?: string }).code ?? '')) throw error;
        }
    });
  }

  /** Outside of any transaction. */
  async maintain(text: string, ms: number): Promise<void> {
    await this.session(ms, (client) => client.query(text));
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async session<T>(ms: number, work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = new Client(options(this.url, ms));
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(client);
    } catch (error) {
      throw translated(error);
    } finally {
      client.end().catch(() => undefined);
    }
  }
}

function options(url: string, ms: number) {
  return { ...connectionOptions(url, NAME), statement_timeout: ms, query_timeout: ms + 1_000 };
}

function translated(error: unknown): unknown {
  return isUnavailable(error) ? keysUnavailable(error) : error;
}
