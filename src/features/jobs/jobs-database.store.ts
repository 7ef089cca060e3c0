import { Pool, type PoolClient, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { GatewayError } from '../../contract/errors';
import { connectionOptions, isDiskFull, isUnavailable } from '../../platform/database/connection';
import { lasting } from '../../platform/database/lasting-pool';

const QUERY_MS = 10_000;
const RETRY_SECONDS = 2;

/** Connections of their own for jobs: whatever they do, calls that are waited for are not held up. */
export class JobsDatabase {
  private readonly pool: Pool;

  constructor(url: string, connections: number) {
    this.pool = lasting(
      new Pool({
        ...connectionOptions(url, 'jobs'),
        statement_timeout: QUERY_MS,
        query_timeout: QUERY_MS + 500,
        max: connections,
        allowExitOnIdle: true,
      }),
    );
  }

  /** @throws GatewayError `storage_unavailable` when the database cannot be reached or takes no work */
  async query<R extends QueryResultRow>(text: string | QueryConfig, values?: unknown[]): Promise<QueryResult<R>> {
    try {
      return await this.pool.query<R>(text as string, values);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** @throws GatewayError `storage_unavailable`; what `work` throws, with nothing done */
  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      throw unavailable(error);
    }
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw unavailable(error);
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function unavailable(error: unknown): unknown {
  if (error instanceof GatewayError || !(isUnavailable(error) || isDiskFull(error))) return error;
  return new GatewayError('storage_unavailable', 'Jobs cannot be read or written now', {
    retryAfter: RETRY_SECONDS,
    cause: error,
  });
}
