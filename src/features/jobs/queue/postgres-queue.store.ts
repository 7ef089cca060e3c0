import { setTimeout as sleep } from 'node:timers/promises';
import { Logger as GraphileLogger, run, type Runner, runMigrations } from 'graphile-worker';
import { type ClientBase, Pool } from 'pg';
import { connectionOptions } from '../../../platform/database/connection';
import { lasting } from '../../../platform/database/lasting-pool';
import { JobQueue, type QueueDepth, type Ticket } from './job-queue';

const TASK = 'gatehouse-job';
const CONNECTIONS = 4;
const QUERY_MS = 5_000;
/** How long a ticket that no notification told of may lie. */
const POLL_MS = 1_000;
const AGAIN_MS = 1_000;
const TIDY_MS = 600_000;
/** One set-up at a time; arbitrary, and must never change. */
const SET_UP_LOCK = 6_127_315_019n;

const RING = `
  select count(*) from graphile_worker.add_jobs(array(
    select row($1, '{}'::json, null, t.at, 1, t.id, 0, null)::graphile_worker.job_spec
    from jsonb_to_recordset($2::jsonb) as t (id text, at timestamptz)), false)`;
const DEPTH = `
  select count(*)::int as waiting from graphile_worker._private_jobs j
  join graphile_worker._private_tasks t on t.id = j.task_id
  where t.identifier = $1 and j.is_available and j.run_at <= clock_timestamp()`;
/** Tickets of processes that died; whoever was to work on them has had new ones since. */
const TIDY = `
  delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
  where t.id = j.task_id and t.identifier = $1 and not j.is_available and j.locked_at < now() - interval '1 day'`;

/** Tickets are done with in batches: of one by one the engine would not hear when that fails, and nobody else either. */
const HANDLED = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
const SILENT = new GraphileLogger(() => () => undefined);

/** Tickets as rows of PostgreSQL, told of by notifications (graphile-worker): nothing else has to run. */
export class PostgresQueue extends JobQueue {
  readonly engine = 'postgresql';
  private readonly pool: Pool;
  private ready: Promise<void> | undefined;
  private runner: Runner | undefined;
  private stopping: Promise<unknown> | undefined;
  private serving: Promise<void> | undefined;
  private resting = false;
  private tidying: NodeJS.Timeout | undefined;

  constructor(url: string) {
    super();
    this.pool = lasting(
      new Pool({
        ...connectionOptions(url, 'queue'),
        connectionTimeoutMillis: QUERY_MS,
        statement_timeout: QUERY_MS,
        query_timeout: QUERY_MS + 500,
        max: CONNECTIONS,
        allowExitOnIdle: true,
      }),
    );
  }

  override async ring(tickets: readonly Ticket[], within?: ClientBase): Promise<void> {
    if (!tickets.length) return;
    await this.setUp();
    const rows = JSON.stringify(tickets.map(({ id, at }) => ({ id, at: (at ?? new Date()).toISOString() })));
    await (within ?? this.pool).query({ name: 'ring-jobs', text: RING, values: [TASK, rows] });
  }

  override async serve(work: () => Promise<void>, slots: number): Promise<void> {
    await this.setUp();
    this.serving ??= this.keepServing(work, slots);
    this.tidying = setInterval(() => void this.pool.query(TIDY, [TASK]).catch(() => undefined), TIDY_MS).unref();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- those under way are not waited for
  override async rest(): Promise<void> {
    this.resting = true;
    clearInterval(this.tidying);
    this.stopping ??= this.runner?.stop().catch(() => undefined);
  }

  override async depth(): Promise<QueueDepth> {
    await this.setUp();
    const { rows } = await this.pool.query<QueueDepth>({ name: 'queue-depth', text: DEPTH, values: [TASK] });
    return rows[0] ?? { waiting: 0 };
  }

  override async close(): Promise<void> {
    await this.rest();
    await this.stopping;
    await this.serving;
    await this.pool.end();
  }

  /** The tables of the engine are its own; it brings them up to date itself. */
  async setUp(): Promise<void> {
    this.ready ??= this.migrate().catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    return this.ready;
  }

  private async migrate(): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('select pg_advisory_lock($1)', [SET_UP_LOCK.toString()]);
      await runMigrations({ pgPool: this.pool, logger: SILENT });
      await client.query('select pg_advisory_unlock($1)', [SET_UP_LOCK.toString()]);
      client.release();
    } catch (error) {
      // its lock goes with the connection
      client.release(true);
      throw error;
    }
  }

  /** The engine gives up when the database is away for long: it is started again. */
  private async keepServing(work: () => Promise<void>, slots: number): Promise<void> {
    while (!this.resting) {
      try {
        this.runner = await run({
          pgPool: this.pool,
          concurrency: slots,
          pollInterval: POLL_MS,
          noHandleSignals: true,
          preset: HANDLED,
          logger: SILENT,
          parsedCronItems: [],
          taskList: { [TASK]: work },
        });
        if (this.resting) this.stopping ??= this.runner.stop().catch(() => undefined);
        await this.runner.promise;
      } catch {
        // the next turn tries again
      }
      if (!this.resting) await sleep(AGAIN_MS, undefined, { ref: false });
    }
  }
}
