import { Pool, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { connectionOptions } from '../../platform/database/connection';
import { lasting } from '../../platform/database/lasting-pool';
import type { Claim, Claimed } from './claim';
import {
  claimStatement,
  hasStatement,
  keepStatement,
  purgeStatement,
  releaseStatement,
  renewStatement,
  sweepStatement,
  type ClaimRow,
} from './statements';

const CONNECTIONS = 4;
const QUERY_MS = 5_000;

export interface AnswersOptions {
  readonly url: string;
  readonly leaseMs: number;
  readonly keepSeconds: number;
}

/**
 * The table `idempotent_answers`. Each step is one statement with a deadline, on connections of its own: named calls never
 * take those of the rest, and without named calls there are none.
 */
export class Answers {
  private readonly pool: Pool;

  constructor(private readonly options: AnswersOptions) {
    this.pool = lasting(
      new Pool({
        ...connectionOptions(options.url, 'idempotency'),
        statement_timeout: QUERY_MS,
        query_timeout: QUERY_MS + 500,
        max: CONNECTIONS,
        allowExitOnIdle: true,
      }),
    );
  }

  /** Takes the right to answer, also from somebody whose lease ran out; at most one claimant at a time holds it. */
  async claim(claim: Claim): Promise<Claimed> {
    const { leaseMs, keepSeconds } = this.options;
    const { rows } = await this.query<ClaimRow>(claimStatement(claim, leaseMs, keepSeconds));
    const [row] = rows;
    if (!row) return { kind: 'busy' };
    if (row.held) return { kind: 'held' };
    if (!row.same_body) return { kind: 'conflict' };
    const { request_id: requestId, received_at: receivedAt, sealed } = row;
    return sealed ? { kind: 'answered', requestId, receivedAt: receivedAt.getTime(), sealed } : { kind: 'busy' };
  }

  /** Claims that somebody else has taken over stay theirs. */
  async renew(claims: readonly Claim[]): Promise<void> {
    await this.query(renewStatement(claims, this.options.leaseMs));
  }

  /** Durable when it resolves with true; false when somebody else has taken over. */
  async keep(claim: Claim, sealed: Buffer): Promise<boolean> {
    return !!(await this.query(keepStatement(claim, sealed, this.options.keepSeconds))).rowCount;
  }

  /** The next claimant need not wait for the lease to run out. */
  async release(claim: Claim): Promise<void> {
    await this.query(releaseStatement(claim));
  }

  /** Deletes what has expired, at most `limit` rows. @returns how many */
  async sweep(limit: number): Promise<number> {
    return (await this.query(sweepStatement(limit))).rowCount ?? 0;
  }

  /** Deletes what is kept of a person, or of all, at most `limit` rows. @param before only of calls that came by then @returns how many */
  async purge(tenantId: string, person: Buffer | undefined, before: Date | undefined, limit: number): Promise<number> {
    return (await this.query(purgeStatement(tenantId, person, before, limit))).rowCount ?? 0;
  }

  /** Whether anything is kept of a person. */
  async has(tenantId: string, person: Buffer): Promise<boolean> {
    return !!(await this.query(hasStatement(tenantId, person))).rowCount;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private query<R extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<R>> {
    return this.pool.query<R>(statement);
  }
}
