import { Pool } from 'pg';
import { GatewayError } from '../../contract/errors';
import { uuidv7 } from '../../contract/ids';
import type { Picos } from '../../contract/money';
import { connectionOptions } from '../../platform/database/connection';
import { lasting } from '../../platform/database/lasting-pool';
import { BudgetHolds, type Hold, type HoldRequest, type Taken } from './budget-holds';
import { type Verdict, takenOf, takeRow } from './hold-rows';
import { Lane } from './lane';

const QUERY_MS = 2_000;
const BATCH = 200;
const SETTLES_KEPT = 100_000;
const RETRY_SECONDS = 2;

const TAKE = `select budget_take($1, make_interval(secs => $2), make_interval(secs => $3), $4::jsonb) as verdicts`;
const TAKE_FOR_JOB = `
  select budget_take_for_job($1, make_interval(secs => $2), make_interval(secs => $3), $4::jsonb, $5) as verdict`;
const SETTLE = `select budget_settle($1::jsonb)`;
const BEAT = `
  insert into budget_owners (id, lease_until) values ($1, clock_timestamp() + make_interval(secs => $2))
  on conflict (id) do update set lease_until = excluded.lease_until`;
const LEAVE = `delete from budget_owners where id = $1`;

export interface HoldsOptions {
  readonly url: string;
  /** How long the holds of a process that died still count. */
  readonly leaseMs: number;
  /** No call is under way for longer. */
  readonly longestMs: () => number;
}

interface Settling {
  readonly call_id: string;
  readonly n: number;
  readonly picos: string;
  readonly back: boolean;
}
interface Asking {
  readonly request: HoldRequest;
  readonly n: number;
  readonly done: (taken: Taken) => void;
  readonly failed: (error: GatewayError) => void;
}

/** Holds as rows of PostgreSQL. Settles and takes of one process go there in order, in batches, on connections of their own. */
export class StoredHolds extends BudgetHolds {
  /** Names this process among those that hold something. */
  readonly owner = uuidv7();
  private readonly pool: Pool;
  private readonly lane = new Lane<Asking | undefined>((batch) => this.turn(batch), BATCH);
  private settling: Settling[] = [];
  private n = 0;

  constructor(private readonly options: HoldsOptions) {
    super();
    this.pool = lasting(
      new Pool({
        ...connectionOptions(options.url, 'budgets'),
        connectionTimeoutMillis: QUERY_MS,
        statement_timeout: QUERY_MS,
        query_timeout: QUERY_MS + 500,
        max: 2,
        allowExitOnIdle: true,
      }),
    );
  }

  override take(request: HoldRequest): Promise<Taken> {
    return new Promise((done, failed) => this.lane.add({ request, n: this.n++, done, failed }));
  }

  override settle({ callId, n }: Hold, cost: Picos, back = false): void {
    // beyond any load: the rest holds too much until the ledger has its calls
    if (this.settling.length >= SETTLES_KEPT) return;
    this.settling.push({ call_id: callId, n, picos: cost.toString(), back });
    this.lane.add(undefined);
  }

  get leaseMs(): number {
    return this.options.leaseMs;
  }

  /** Says that this process lives. */
  async beat(): Promise<void> {
    // what could not be settled before
    if (this.settling.length) this.lane.add(undefined);
    await this.pool.query(BEAT, [this.owner, this.options.leaseMs / 1_000]);
  }

  /** Everything is settled that will be; what is still held is nobody's. */
  async close(): Promise<void> {
    await this.lane.idle();
    await this.pool.query(LEAVE, [this.owner]).catch(() => undefined);
    await this.pool.end();
  }

  /** The process is gone at once, with all it was about to say. For tests. */
  async kill(): Promise<void> {
    this.settling = [];
    await this.pool.end();
  }

  private async turn(batch: readonly (Asking | undefined)[]): Promise<void> {
    await this.settleAll();
    const asking = batch.filter((one) => one !== undefined);
    const single = asking.filter(({ request }) => request.job === undefined);
    if (single.length) await this.takeAll(single);
    // what is held for a job changes hands: one at a time
    for (const one of asking) if (one.request.job !== undefined) await this.takeForJob(one, one.request.job);
  }

  private async takeAll(asking: readonly Asking[]): Promise<void> {
    try {
      const takes = JSON.stringify(asking.map(({ request, n }) => takeRow(request, n)));
      const { rows } = await this.pool.query<{ verdicts: Verdict[] }>(TAKE, [...this.terms(), takes]);
      const verdicts = rows[0]?.verdicts ?? [];
      for (const [i, { request, n, done }] of asking.entries()) done(takenOf(verdicts[i] as Verdict, request, n));
    } catch (cause) {
      this.failed(asking, cause);
    }
  }

  private async takeForJob(asking: Asking, job: string): Promise<void> {
    const { request, n, done } = asking;
    try {
      const values = [...this.terms(), JSON.stringify(takeRow(request, n)), job];
      const { rows } = await this.pool.query<{ verdict: Verdict }>(TAKE_FOR_JOB, values);
      done(takenOf(rows[0]?.verdict as Verdict, request, n));
    } catch (cause) {
      this.failed([asking], cause);
    }
  }

  private terms(): unknown[] {
    return [this.owner, this.options.leaseMs / 1_000, this.options.longestMs() / 1_000];
  }

  /** Whether it was done is not known. */
  private failed(asking: readonly Asking[], cause: unknown): void {
    for (const { request, n } of asking) this.settling.push({ call_id: request.callId, n, picos: '0', back: true });
    const options = { retryAfter: RETRY_SECONDS, cause };
    for (const { failed } of asking)
      failed(new GatewayError('storage_unavailable', 'Budgets cannot be read now', options));
  }

  private async settleAll(): Promise<void> {
    const settling = this.settling.splice(0, 10 * BATCH);
    if (!settling.length) return;
    try {
      await this.pool.query(SETTLE, [JSON.stringify(settling)]);
    } catch {
      // the next turn tries again
      this.settling.unshift(...settling);
    }
  }
}
