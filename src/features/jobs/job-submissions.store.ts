import type { PoolClient } from 'pg';
import type { JobType } from '../../contract/job';
import type { JobFacts, Submission } from './job';
import { ended, type JobEndings } from './job-endings';
import { FACTS, factsOf, type JobRow } from './job-row';
import type { JobsDatabase } from './jobs-database.store';
import type { JobQueue } from './queue/job-queue';
import type { JobSeal } from './sealed-job';

export interface NewJob {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  readonly type: JobType;
  readonly priority: number;
  readonly runAt: Date;
  readonly expiresAt: Date;
  readonly submission: Submission;
  /** Of whom it is kept. */
  readonly persons?: readonly Buffer[];
  /** Keyed hashes of the name that the caller gave the submission and of what it asks. */
  readonly named?: { readonly key: Buffer; readonly body: Buffer };
}

/** What happened to a submission: a job was made, or there is one of that name, with the same body or another. */
export type Submitted =
  | { readonly kind: 'made'; readonly job: JobFacts }
  | { readonly kind: 'known'; readonly job: JobFacts }
  | { readonly kind: 'conflict' };

const INSERT = `
  insert into jobs as j (id, tenant_id, key_id, type, status, priority, created_at, run_at, due, expires_at, rung_at, submission,
    submit_key, submit_body, held)
  values ($1, $2, $3, $4, 'queued', $5, clock_timestamp(), $6, $6::timestamptz <= clock_timestamp(), $7, clock_timestamp(), $8, $9, $10, $11)
  on conflict (tenant_id, submit_key) where submit_key is not null do nothing
  returning ${FACTS}`;
const BELONG = 'insert into job_persons (job_id, person) select distinct $1::uuid, unnest($2::bytea[])';
const NAMED = `select ${FACTS}, j.submit_body = $3 as same from jobs j where j.tenant_id = $1 and j.submit_key = $2`;
const CANCEL = `
  update jobs j set status = 'cancelled', finished_at = clock_timestamp(), worker = null, lease_until = null,
    removed_at = clock_timestamp() + make_interval(secs => $2), seq = j.seq + 1, status_seq = j.seq + 1
  where j.id = $1 and j.status in ('queued', 'running') returning ${FACTS}, j.submission`;
const RETRY = `
  update jobs j set status = 'queued', finished_at = null, removed_at = null, run_at = clock_timestamp(), due = true,
    expires_at = $2, rung_at = clock_timestamp(), failures = 0, takeovers = 0, error_code = null, error = null,
    held = j.held or $3,
    seq = j.seq + 1, status_seq = j.seq + 1
  where j.id = $1 and j.status in ('failed', 'dead', 'expired', 'cancelled') returning ${FACTS}`;
const PRIORITISE = `
  update jobs j set priority = $2, seq = j.seq + 1, status_seq = j.seq + 1
  where j.id = $1 and j.status = 'queued' returning ${FACTS}`;

/** What callers do with jobs. Whatever has to be done with it is done in the same transaction, or nothing is. */
export class JobSubmissions {
  constructor(
    private readonly database: JobsDatabase,
    private readonly queue: JobQueue,
    private readonly seal: JobSeal,
    private readonly endings: JobEndings,
    private readonly keepSeconds: number,
  ) {}

  /**
   * Durable when it resolves. Its ticket may be lost when the engine is away: whoever misses it writes another one.
   * @param hold money for it, within the transaction, once there is a job: what it throws undoes everything
   * @throws GatewayError `storage_unavailable`
   */
  async submit(job: NewJob, hold?: (client: PoolClient) => Promise<void>): Promise<Submitted> {
    const { id, tenantId, keyId, type, priority, runAt, expiresAt, named, persons = [] } = job;
    const sealed = this.seal.submission(job, job.submission);
    const values = [
      id,
      tenantId,
      keyId,
      type,
      priority,
      runAt,
      expiresAt,
      sealed,
      named?.key,
      named?.body,
      hold !== undefined,
    ];
    const statement = { name: 'submit-job', text: INSERT, values };
    const made = await this.ringing({ id, runAt, attempt: 0 }, async (client) => {
      const { rows } = await client.query<JobRow>(statement);
      if (rows[0] && persons.length) await client.query(BELONG, [id, persons]);
      if (rows[0]) await hold?.(client);
      return rows[0];
    });
    if (made) return { kind: 'made', job: factsOf(made) };
    return (await this.named(tenantId, named)) ?? { kind: 'conflict' };
  }

  /** The job of an earlier submission of this name. */
  async named(tenantId: string, named: NewJob['named']): Promise<Exclude<Submitted, { kind: 'made' }> | undefined> {
    if (!named) return undefined;
    const { rows } = await this.database.query<JobRow & { same: boolean }>({
      name: 'named-job',
      text: NAMED,
      values: [tenantId, named.key, named.body],
    });
    const [row] = rows;
    return row && (row.same ? { kind: 'known', job: factsOf(row) } : { kind: 'conflict' });
  }

  /** @returns undefined when it has ended already */
  async cancel(id: string): Promise<JobFacts | undefined> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<JobRow & { submission: Buffer }>(CANCEL, [id, this.keepSeconds]);
      const [row] = rows;
      if (!row) return undefined;
      const job = factsOf(row);
      await this.endings.run(client, [ended(job, row.submission, this.seal)]);
      return job;
    });
  }

  /**
   * Once more, with what its steps gave so far.
   * @param hold money for it, within the transaction, once the job is known to be one that may be retried
   * @returns undefined when it may not
   */
  async retry(
    id: string,
    expiresAt: Date,
    hold?: (client: PoolClient, job: JobFacts) => Promise<void>,
  ): Promise<JobFacts | undefined> {
    const row = await this.ringing({ id, runAt: new Date(), attempt: Date.now() }, async (client) => {
      const [found] = (await client.query<JobRow>(RETRY, [id, expiresAt, hold !== undefined])).rows;
      if (found) await hold?.(client, factsOf(found));
      return found;
    });
    return row && factsOf(row);
  }

  /** @returns undefined when it does not wait any more */
  async prioritise(id: string, priority: number): Promise<JobFacts | undefined> {
    const [row] = (await this.database.query<JobRow>(PRIORITISE, [id, priority])).rows;
    return row && factsOf(row);
  }

  /** A job is made or becomes due in the transaction, and its ticket is written with it or right after it. */
  private async ringing<T>(
    { id, runAt, attempt }: { readonly id: string; readonly runAt: Date; readonly attempt: number },
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    const ticket = { id: `${id}.${attempt}`, at: runAt };
    if (this.queue.engine === 'postgresql')
      return this.database.transaction(async (client) => {
        const made = await work(client);
        if (made) await this.queue.ring([ticket], client);
        return made;
      });
    const made = await this.database.transaction(work);
    // nobody waits for an engine that may be away
    if (made) this.queue.ring([ticket]).catch(() => undefined);
    return made;
  }
}
