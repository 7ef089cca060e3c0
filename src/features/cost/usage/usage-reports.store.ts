import { Pool, type QueryResultRow } from 'pg';
import { GatewayError } from '../../../contract/errors';
import { inSlices } from '../../../contract/in-slices';
import type { UsageFilter } from '../../../contract/usage-groups';
import type { Statement } from '../../../contract/usage-groups-sql';
import { connectionOptions } from '../../../platform/database/connection';
import { lasting } from '../../../platform/database/lasting-pool';
import { MEASURES, type Measures } from '../ledger/measures';
import type { UsageQuestion, UsageRow } from './usage-question';
import type { OurRequest } from '../reconciliation/compare-requests';
import { chargebackSql, otherRequestsSql, providerRequestsSql, requestsSql, usageSql } from './usage-sql';

const CONNECTIONS = 3;
/** Compiling a plan takes longer than most reports; groups by the hundred thousand are summed in memory. */
const SETUP = '-c jit=off -c work_mem=64MB';
/** Sessions are read call by call. */
const MAX_CALLS = 500_000;
const MAX_CHARGES = 100_000;
const EXAMPLES = 100;

export interface Charge {
  readonly tenant: string;
  readonly key: string;
  readonly tags: readonly string[];
  readonly measures: Measures;
}

type Sums = { readonly [M in keyof Measures]: string };

/** Answers questions about the ledger from its rollups, on connections of its own. */
export class UsageReports {
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = lasting(
      new Pool({
        ...connectionOptions(url, 'usage'),
        options: SETUP,
        max: CONNECTIONS,
        allowExitOnIdle: true,
      }),
    );
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** @throws GatewayError `invalid_request` when a question about sessions is about too many calls */
  async rows(question: UsageQuestion): Promise<UsageRow[]> {
    const { groups, filter } = question;
    if (groups.includes('session')) await this.refuseMany(filter);
    const rows = await this.query<Sums & { readonly [group: `g${number}`]: string }>(usageSql(question));
    return inSlices(rows, (row) => ({
      groups: groups.map((_, i) => row[`g${i}`] ?? ''),
      measures: measuresIn(row),
    }));
  }

  /** @throws GatewayError `invalid_request` when there are too many */
  async charges(filter: UsageFilter): Promise<Charge[]> {
    const rows = await this.query<Sums & Omit<Charge, 'measures'>>(chargebackSql(filter, MAX_CHARGES + 1));
    if (rows.length > MAX_CHARGES)
      throw new GatewayError('invalid_request', `The month has more than ${MAX_CHARGES} lines: name a tenant`, {
        param: 'tenant',
      });
    return inSlices(rows, (row) => ({
      tenant: row.tenant,
      key: row.key,
      tags: row.tags,
      measures: measuresIn(row),
    }));
  }

  /** Calls of a provider by its own ids. @param filter its period, provider and tenant */
  async providerRequests(filter: UsageFilter, ids: readonly string[]): Promise<OurRequest[]> {
    const rows = await this.query<{ id: string; input: string; output: string; cost: string | null }>(
      providerRequestsSql(filter, ids),
    );
    return rows.map(({ id, input, output, cost }) => ({
      requestId: id,
      inputTokens: Number(input),
      outputTokens: Number(output),
      cost: cost === null ? undefined : BigInt(cost),
    }));
  }

  /** How many calls of a provider have an id that is none of `ids`, and some of them. */
  async otherRequests(filter: UsageFilter, ids: readonly string[]): Promise<{ count: number; ids: string[] }> {
    const rows = await this.query<{ id: string; found: string }>(otherRequestsSql(filter, ids, EXAMPLES));
    return { count: Number(rows[0]?.found ?? 0), ids: rows.map(({ id }) => id) };
  }

  private async refuseMany(filter: UsageFilter): Promise<void> {
    const [row] = await this.query<{ requests: string }>(requestsSql(filter));
    if (Number(row?.requests ?? 0) <= MAX_CALLS) return;
    throw new GatewayError(
      'invalid_request',
      `By session at most ${MAX_CALLS} calls are looked at, and this is about ${row?.requests}: ask for fewer days, or for one key or user`,
      { param: 'group_by' },
    );
  }

  private async query<T extends QueryResultRow>({ text, values }: Statement): Promise<T[]> {
    return (await this.pool.query<T>(text, [...values])).rows;
  }
}

function measuresIn(row: Sums): Measures {
  return Object.fromEntries(MEASURES.map((name) => [name, BigInt(row[name])])) as Measures;
}
