import type { Json } from '../../contract/json';
import { JOB_TYPES } from '../../contract/job';
import type { Picos } from '../../contract/money';
import type { Claim, ClaimedJob, JobError } from './job';
import { ended, type JobEndings } from './job-endings';
import { FACTS, factsOf, type JobRow } from './job-row';
import type { JobsDatabase } from './jobs-database.store';
import type { JobQueue } from './queue/job-queue';
import type { JobSeal } from './sealed-job';

/** Only whoever has the job may write of it. */
const MINE = `j.id = $1 and j.attempt = $2 and j.status = 'running'`;
const CLAIM = `select ${FACTS}, j.submission from job_claim($1, make_interval(secs => $2), $3) j`;
const RENEW = `
  update jobs j set lease_until = clock_timestamp() + make_interval(secs => $3)
  from unnest($1::uuid[], $2::int[]) as c (id, attempt)
  where j.id = c.id and j.attempt = c.attempt and j.status = 'running' returning j.id, j.attempt`;
const STEP = `select sealed from job_steps where job_id = $1 and step = $2`;
// kept twice, because nobody heard that it was kept, it is paid for once
const KEEP_STEP = `
  with mine as (select j.id from jobs j where ${MINE} for update),
  kept as (
    insert into job_steps (job_id, step, sealed) select id, $3, $4 from mine on conflict (job_id, step) do nothing returning job_id),
  paid as (update jobs j set cost_picos = j.cost_picos + $5 from kept where j.id = kept.job_id)
  select from mine`;
const KEEP_LATE_STEP = `
  with ended as (select id from jobs where id = $1 and finished_at is not null for update),
  kept as (
    insert into job_steps (job_id, step, sealed) select id, $2, $3 from ended on conflict (job_id, step) do nothing returning job_id),
  paid as (update jobs j set cost_picos = j.cost_picos + $4 from kept where j.id = kept.job_id)
  select from ended`;
const FORGET_STEPS = `delete from job_steps where job_id = $1 and step = any ($2)`;
const PARTIAL = `
  with mine as (update jobs j set seq = j.seq + 1 where ${MINE} returning j.id, j.seq)
  insert into job_partials (job_id, name, seq, at, sealed) select id, $3, seq, clock_timestamp(), $4 from mine
  on conflict (job_id, name) do update set seq = excluded.seq, at = excluded.at, sealed = excluded.sealed`;
const PROGRESS = `
  update jobs j set progress = greatest(j.progress, $3), stage = $4, seq = j.seq + 1, progress_seq = j.seq + 1 where ${MINE}`;
const SPEND = `update jobs set cost_picos = cost_picos + $2 where id = $1 and (not $3 or finished_at is not null)`;
const FINISH = `
  update jobs j set status = $3, finished_at = clock_timestamp(), worker = null, lease_until = null,
    removed_at = clock_timestamp() + make_interval(secs => $4), result = $5, error_code = $6, error = $7,
    cost_picos = j.cost_picos + $8,
    progress = case when $3 = 'succeeded' then 100 else j.progress end,
    failures = j.failures + case when $3 = 'succeeded' then 0 else 1 end, seq = j.seq + 1, status_seq = j.seq + 1
  where ${MINE} returning ${FACTS}, j.submission`;
const AGAIN = `
  update jobs j set status = 'queued', worker = null, lease_until = null, run_at = clock_timestamp() + make_interval(secs => $3),
    due = $3::float8 <= 0, rung_at = clock_timestamp(), failures = j.failures + $4, error_code = coalesce($5, j.error_code), error = coalesce($6, j.error),
    seq = j.seq + 1, status_seq = j.seq + 1
  where ${MINE} returning j.id, j.run_at, j.attempt`;

// nobody heard that it was written down
const FINISHED = `select from jobs where id = $1 and attempt = $2 and status = $3`;

type FinishedRow = JobRow & { readonly submission: Buffer };

/** How a job ends that somebody worked on. */
export type Outcome =
  | { readonly status: 'succeeded'; readonly result: Json }
  | { readonly status: 'failed' | 'dead'; readonly error: JobError };

/** Why a job could not go on for now. */
export interface Setback {
  readonly error: JobError;
  readonly counts: boolean;
}

/** Working on jobs: who has which one, and what comes of it. Everything but the claim is refused once the job is somebody else's. */
export class JobClaims {
  constructor(
    private readonly database: JobsDatabase,
    private readonly queue: JobQueue,
    private readonly seal: JobSeal,
    private readonly endings: JobEndings,
    private readonly options: { readonly leaseMs: number; readonly keepSeconds: number },
  ) {}

  /** The job that is to be done next, whoever's turn it is; undefined when nothing is due. */
  async claim(worker: string, types: readonly string[] = JOB_TYPES): Promise<ClaimedJob | undefined> {
    const values = [worker, this.options.leaseMs / 1_000, types];
    const { rows } = await this.database.query<JobRow & { submission: Buffer }>({
      name: 'claim-job',
      text: CLAIM,
      values,
    });
    const [row] = rows;
    if (!row) return undefined;
    const job = factsOf(row);
    const { id, tenantId, attempt } = job;
    return { id, tenantId, attempt, job, submission: this.seal.openSubmission(job, row.submission) };
  }

  /** @returns those that are still the claimant's */
  async renew(claims: readonly Claim[]): Promise<ReadonlySet<string>> {
    const values = [claims.map(({ id }) => id), claims.map(({ attempt }) => attempt), this.options.leaseMs / 1_000];
    const { rows } = await this.database.query<{ id: string; attempt: number }>({
      name: 'renew-jobs',
      text: RENEW,
      values,
    });
    return new Set(rows.map(({ id, attempt }) => `${id}.${attempt}`));
  }

  /** What a step gave that ended before; undefined when it did not. */
  async stepOf(claim: Claim, key: string): Promise<Json | undefined> {
    const name = this.seal.nameOf(claim, 'step', key);
    const { rows } = await this.database.query<{ sealed: Buffer }>({
      name: 'job-step',
      text: STEP,
      values: [claim.id, name],
    });
    return rows[0] && this.seal.openPart(claim, name, rows[0].sealed);
  }

  /** @param cost what its calls cost @returns false when the job is somebody else's */
  async keepStep(claim: Claim, key: string, content: Json, cost: Picos): Promise<boolean> {
    const name = this.seal.nameOf(claim, 'step', key);
    const sealed = this.seal.part(claim, name, content);
    const values = [claim.id, claim.attempt, name, sealed, cost.toString()];
    return !!(await this.database.query({ name: 'keep-step', text: KEEP_STEP, values })).rowCount;
  }

  /** The same for a job that has ended: what a provider did of it, told late. */
  async keepLateStep(claim: Claim, key: string, content: Json, cost: Picos): Promise<boolean> {
    const name = this.seal.nameOf(claim, 'step', key);
    const values = [claim.id, name, this.seal.part(claim, name, content), cost.toString()];
    return !!(await this.database.query({ name: 'keep-late-step', text: KEEP_LATE_STEP, values })).rowCount;
  }

  /** What these steps gave is not needed any more. */
  async forgetSteps(job: Pick<Claim, 'id' | 'tenantId'>, keys: readonly string[]): Promise<void> {
    const names = keys.map((key) => this.seal.nameOf(job, 'step', key));
    await this.database.query({ name: 'forget-steps', text: FORGET_STEPS, values: [job.id, names] });
  }

  /** @returns false when the job is somebody else's */
  async partial(claim: Claim, key: string, value: Json): Promise<boolean> {
    const name = this.seal.nameOf(claim, 'partial', key);
    const sealed = this.seal.part(claim, name, { key, value });
    const values = [claim.id, claim.attempt, name, sealed];
    return !!(await this.database.query({ name: 'job-partial', text: PARTIAL, values })).rowCount;
  }

  /** @returns false when the job is somebody else's */
  async progress(claim: Claim, percent: number, stage: string): Promise<boolean> {
    const values = [claim.id, claim.attempt, percent, stage];
    return !!(await this.database.query({ name: 'job-progress', text: PROGRESS, values })).rowCount;
  }

  /**
   * What calls cost that led to no step, whoever has the job by now.
   * @param onlyEnded while it goes on, the same answers will be paid for by somebody's step
   */
  async spend({ id }: Claim, cost: Picos, onlyEnded = false): Promise<void> {
    if (cost === 0n) return;
    await this.database.query({ name: 'job-spend', text: SPEND, values: [id, cost.toString(), onlyEnded] });
  }

  /**
   * @param cost what its calls cost beside those of its steps
   * @returns false when the job is somebody else's
   */
  async finish(claimed: ClaimedJob, outcome: Outcome, cost: Picos = 0n): Promise<boolean> {
    const error = outcome.status === 'succeeded' ? undefined : outcome.error;
    const result = outcome.status === 'succeeded' ? this.seal.result(claimed, outcome.result) : undefined;
    const { id, attempt, job, submission } = claimed;
    const sealed = error && this.seal.error(claimed, error);
    const values = [
      id,
      attempt,
      outcome.status,
      this.options.keepSeconds,
      result,
      error?.code,
      sealed,
      cost.toString(),
    ];
    const statement = { name: 'finish-job', text: FINISH, values };
    const isAlone = !this.endings.concern({ job: { ...job, status: outcome.status }, submission: () => submission });
    const { rows } = isAlone
      ? await this.database.query<FinishedRow>(statement)
      : await this.database.transaction(async (client) => {
          const finished = await client.query<FinishedRow>(statement);
          await this.endings.run(
            client,
            finished.rows.map((row) => ended(factsOf(row), row.submission, this.seal)),
          );
          return finished;
        });
    if (rows.length) return true;
    return !!(await this.database.query(FINISHED, [id, attempt, outcome.status])).rowCount;
  }

  /**
   * Gives the job back: it is due again after `afterMs`.
   * @param failure why, where there is something to tell, and whether that is one of the times that it may fail
   */
  async again(claim: Claim, afterMs: number, failure?: Setback): Promise<boolean> {
    const { id, attempt } = claim;
    const { error, counts = false } = failure ?? {};
    const sealed = error && this.seal.error(claim, error);
    const values = [id, attempt, afterMs / 1_000, counts ? 1 : 0, error?.code, sealed];
    const { rows } = await this.database.query<{ run_at: Date }>({ name: 'job-again', text: AGAIN, values });
    const [row] = rows;
    if (row) await this.queue.ring([{ id: `${id}.${attempt}`, at: row.run_at }]).catch(() => undefined);
    return row !== undefined;
  }
}
