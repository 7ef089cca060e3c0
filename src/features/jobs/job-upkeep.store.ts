import type { PoolClient } from 'pg';
import type { JobFacts } from './job';
import { ended, type JobEndings } from './job-endings';
import { FACTS, factsOf, type JobRow } from './job-row';
import type { JobsDatabase } from './jobs-database.store';
import type { JobQueue, Ticket } from './queue/job-queue';
import type { JobSeal } from './sealed-job';

const AT_ONCE = 200;
/** A ticket that was written a moment ago may be on its way. */
const ON_ITS_WAY = `interval '3 seconds'`;
/** One process at a time; arbitrary. */
const LOCK = 'select pg_try_advisory_xact_lock(7143002, 11) as mine';

const EXPIRE = `
  update jobs j set status = 'expired', finished_at = clock_timestamp(), worker = null, lease_until = null,
    removed_at = clock_timestamp() + make_interval(secs => $2), error_code = 'deadline_exceeded', seq = j.seq + 1, status_seq = j.seq + 1
  where j.id in (
    select id from jobs where status in ('queued', 'running') and expires_at <= clock_timestamp()
    order by expires_at limit $1 for update skip locked)
  returning ${FACTS}, j.submission`;
const STALLED = `
  select id from jobs where status = 'running' and lease_until < clock_timestamp() order by lease_until limit $1 for update skip locked`;
const BURY = `
  update jobs j set status = 'dead', finished_at = clock_timestamp(), worker = null, lease_until = null,
    takeovers = j.takeovers + 1, removed_at = clock_timestamp() + make_interval(secs => $2), error_code = 'internal',
    seq = j.seq + 1, status_seq = j.seq + 1
  where j.id = any ($1) and j.takeovers >= $3 returning ${FACTS}, j.submission`;
const TAKE_OVER = `
  update jobs j set status = 'queued', worker = null, lease_until = null, takeovers = j.takeovers + 1, rung_at = clock_timestamp(),
    seq = j.seq + 1, status_seq = j.seq + 1
  where j.id = any ($1) and j.status = 'running' returning ${FACTS}`;
const WRITE_ERROR = `update jobs set error = $2 where id = $1`;
const BECOME_DUE = 'select job_due()';
const DUE = `select count(*)::int as n from (
  select from jobs where status = 'queued' and due and rung_at < clock_timestamp() - ${ON_ITS_WAY} limit $1) d`;
const RING_AGAIN = `
  update jobs j set rung_at = clock_timestamp() where j.id in (
    select id from jobs where status = 'queued' and due and rung_at < clock_timestamp() - ${ON_ITS_WAY}
    order by rung_at limit $1 for update skip locked)
  returning j.id, j.attempt`;
const REMOVE = `
  delete from jobs where id in (
    select id from jobs where removed_at <= clock_timestamp() order by removed_at limit $1 for update skip locked)`;
const FORGET_WORKERS = `delete from job_workers where lease_until < clock_timestamp() - interval '1 minute'`;

export interface Swept {
  readonly expired: readonly JobFacts[];
  readonly buried: readonly JobFacts[];
  readonly takenOver: readonly JobFacts[];
  /** Jobs whose tickets had been lost. */
  readonly rung: number;
  readonly removed: number;
}

const NOTHING: Swept = { expired: [], buried: [], takenOver: [], rung: 0, removed: 0 };

export interface UpkeepOptions {
  readonly keepSeconds: number;
  /** How often a job may lose its process before it is taken for the cause. */
  readonly takeovers: number;
}

/** What becomes of jobs when nobody sees to them: their process died, their time is over, their ticket was lost. */
export class JobUpkeep {
  constructor(
    private readonly database: JobsDatabase,
    private readonly queue: JobQueue,
    private readonly seal: JobSeal,
    private readonly endings: JobEndings,
    private readonly options: UpkeepOptions,
  ) {}

  /** Does nothing while another process does it. @throws GatewayError `storage_unavailable` */
  async sweep(): Promise<Swept> {
    const swept = await this.database.transaction(async (client): Promise<Swept> => {
      const [lock] = (await client.query<{ mine: boolean }>(LOCK)).rows;
      if (!lock?.mine) return NOTHING;
      await client.query(BECOME_DUE);
      const expired = await this.expire(client);
      const { buried, takenOver } = await this.takeOver(client);
      const removed = (await client.query(REMOVE, [AT_ONCE])).rowCount ?? 0;
      await client.query(FORGET_WORKERS);
      return { expired, buried, takenOver, rung: 0, removed };
    });
    await this.ring(swept.takenOver.map(({ id, attempt }) => ({ id: `${id}.${attempt}` })));
    return { ...swept, rung: await this.ringLost() };
  }

  private async expire(client: PoolClient): Promise<readonly JobFacts[]> {
    const { keepSeconds } = this.options;
    const { rows } = await client.query<JobRow & { submission: Buffer }>(EXPIRE, [AT_ONCE, keepSeconds]);
    const message = 'The job did not end within its time to live';
    for (const row of rows) await this.explain(client, factsOf(row), { code: 'deadline_exceeded', message });
    return this.endedAll(client, rows);
  }

  private async takeOver(client: PoolClient): Promise<Pick<Swept, 'buried' | 'takenOver'>> {
    const { keepSeconds, takeovers } = this.options;
    const ids = (await client.query<{ id: string }>(STALLED, [AT_ONCE])).rows.map(({ id }) => id);
    if (!ids.length) return { buried: [], takenOver: [] };
    const { rows: dead } = await client.query<JobRow & { submission: Buffer }>(BURY, [ids, keepSeconds, takeovers]);
    for (const row of dead) {
      const message = `The process that worked on the job was lost ${row.takeovers} times: the job may be the cause`;
      await this.explain(client, factsOf(row), { code: 'internal', message });
    }
    const { rows } = await client.query<JobRow>(TAKE_OVER, [ids]);
    return { buried: await this.endedAll(client, dead), takenOver: rows.map(factsOf) };
  }

  private async explain(client: PoolClient, job: JobFacts, error: { code: string; message: string }): Promise<void> {
    await client.query(WRITE_ERROR, [job.id, this.seal.error(job, error)]);
  }

  private async endedAll(client: PoolClient, rows: readonly (JobRow & { submission: Buffer })[]) {
    const jobs = rows.map(factsOf);
    const endedJobs = rows.map(({ submission }, i) => ended(jobs[i] as JobFacts, submission, this.seal));
    await this.endings.run(client, endedJobs);
    return jobs;
  }

  /** As many tickets as there are jobs due; if some are missing, the jobs that were told of longest ago are told of again. */
  private async ringLost(): Promise<number> {
    const [due] = (await this.database.query<{ n: number }>(DUE, [AT_ONCE * 5])).rows;
    if (!due?.n) return 0;
    const depth = await this.queue.depth().catch(() => undefined);
    // while the engine is away there is no use in tickets
    const missing = depth ? due.n - depth.waiting : 0;
    if (missing <= 0) return 0;
    const { rows } = await this.database.query<{ id: string; attempt: number }>(RING_AGAIN, [missing]);
    // under a new name: somebody may have the old one, and be at work on another job
    await this.ring(rows.map(({ id, attempt }) => ({ id: `${id}.${attempt}.${Date.now()}` })));
    return rows.length;
  }

  /** Those that are lost are missed by the next sweep. */
  private async ring(tickets: readonly Ticket[]): Promise<void> {
    await this.queue.ring(tickets).catch(() => undefined);
  }
}
