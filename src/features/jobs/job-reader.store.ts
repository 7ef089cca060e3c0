import type { Json } from '../../contract/json';
import type { JobStatus, JobType } from '../../contract/job';
import type { FullJob, JobFacts, Partial, Submission } from './job';
import { FACTS, factsOf, type JobRow } from './job-row';
import type { JobsDatabase } from './jobs-database.store';
import type { JobSeal } from './sealed-job';

const FIND = `select ${FACTS} from jobs j where j.id = $1`;
const FULL = `select ${FACTS}, j.result, j.error from jobs j where j.id = $1`;
const SUBMISSION = `select ${FACTS}, j.submission from jobs j where j.id = $1`;
const PARTIALS = `
  select name, seq::text, at, sealed from job_partials where job_id = $1 and seq > $2 order by seq limit $3`;
const SEQS = `select id, seq::text as seq from jobs where id = any ($1)`;
const CHANGES = `select ${FACTS}, j.status_seq::text as status_seq, j.progress_seq::text as progress_seq from jobs j where j.id = $1`;
const STEPS = `select step, sealed from job_steps where job_id = $1 and step = any ($2)`;
const PERSONS = 'select person from job_persons where job_id = $1';
const MOST_PARTIALS = 10_000;
/** At most so many are handed out at once. */
const PARTIALS_AT_ONCE = 200;

/** Whose jobs, and which. */
export interface JobFilter {
  readonly tenantId?: string | undefined;
  readonly keyId?: string | undefined;
  readonly status?: JobStatus | undefined;
  readonly type?: JobType | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** A change of a job, as whoever watches it is told: the newest state of what changed. */
export type JobEvent =
  | { readonly seq: number; readonly type: 'status'; readonly job: JobFacts }
  | { readonly seq: number; readonly type: 'progress'; readonly progress: number; readonly stage?: string }
  | { readonly seq: number; readonly type: 'partial'; readonly key: string; readonly value: Json; readonly at: Date };

interface PartialRow {
  readonly name: Buffer;
  readonly seq: string;
  readonly at: Date;
  readonly sealed: Buffer;
}

/** Jobs as they are. Who may see them is for the caller to say. */
export class JobReader {
  constructor(
    private readonly database: JobsDatabase,
    private readonly seal: JobSeal,
  ) {}

  /** @throws GatewayError `storage_unavailable` */
  async find(id: string): Promise<JobFacts | undefined> {
    const { rows } = await this.database.query<JobRow>({ name: 'find-job', text: FIND, values: [id] });
    return rows[0] && factsOf(rows[0]);
  }

  /** With everything that it gave. @throws GatewayError `storage_unavailable` */
  async full(id: string): Promise<FullJob | undefined> {
    type Row = JobRow & { result: Buffer | null; error: Buffer | null };
    const { rows } = await this.database.query<Row>({ name: 'full-job', text: FULL, values: [id] });
    const [row] = rows;
    if (!row) return undefined;
    const job = factsOf(row);
    return {
      ...job,
      ...(row.result && { result: this.seal.openResult(job, row.result) }),
      ...(row.error && { error: this.seal.openError(job, row.error) }),
      partials: await this.partials(job, 0, MOST_PARTIALS),
    };
  }

  async submissionOf(id: string): Promise<{ job: JobFacts; submission: Submission } | undefined> {
    const { rows } = await this.database.query<JobRow & { submission: Buffer }>(SUBMISSION, [id]);
    const [row] = rows;
    if (!row) return undefined;
    const job = factsOf(row);
    return { job, submission: this.seal.openSubmission(job, row.submission) };
  }

  /** Of whom it is kept. */
  async personsOf(id: string): Promise<readonly Buffer[]> {
    return (await this.database.query<{ person: Buffer }>(PERSONS, [id])).rows.map(({ person }) => person);
  }

  /** What steps gave that ended, by their keys. @throws GatewayError `storage_unavailable` */
  async steps(job: Pick<JobFacts, 'id' | 'tenantId'>, keys: readonly string[]): Promise<ReadonlyMap<string, Json>> {
    const names = new Map(
      keys.map((key) => {
        const name = this.seal.nameOf(job, 'step', key);
        return [name.toString('hex'), { key, name }];
      }),
    );
    const { rows } = await this.database.query<{ step: Buffer; sealed: Buffer }>({
      name: 'job-steps',
      text: STEPS,
      values: [job.id, [...names.values()].map(({ name }) => name)],
    });
    return new Map(
      rows.map(({ step, sealed }) => [
        names.get(step.toString('hex'))?.key ?? '',
        this.seal.openPart(job, step, sealed),
      ]),
    );
  }

  /** Newest first. @param before the id of the last job of the page before */
  async list(filter: JobFilter, before: string | undefined, limit: number): Promise<readonly JobFacts[]> {
    const values: unknown[] = [];
    const add = (condition: (place: string) => string, value: unknown): string => {
      values.push(value);
      return condition(`$${values.length}`);
    };
    const { tenantId, keyId, status, type, since, until } = filter;
    const conditions = [
      ...(tenantId === undefined ? [] : [add((p) => `j.tenant_id = ${p}`, tenantId)]),
      ...(keyId === undefined ? [] : [add((p) => `j.key_id = ${p}`, keyId)]),
      ...(type === undefined ? [] : [add((p) => `j.type = ${p}`, type)]),
      ...(since === undefined ? [] : [add((p) => `j.created_at >= ${p}`, since)]),
      ...(until === undefined ? [] : [add((p) => `j.created_at < ${p}`, until)]),
      ...(status === undefined ? [] : [add((p) => `j.status = ${p}`, status === 'scheduled' ? 'queued' : status)]),
      ...(status === 'scheduled' ? ['j.run_at > clock_timestamp()'] : []),
      ...(status === 'queued' ? ['j.run_at <= clock_timestamp()'] : []),
      ...(before === undefined ? [] : [add((p) => `j.id < ${p}`, before)]),
    ];
    const where = conditions.length ? `where ${conditions.join(' and ')}` : '';
    values.push(limit);
    const text = `select ${FACTS} from jobs j ${where} order by j.id desc limit $${values.length}`;
    return (await this.database.query<JobRow>(text, values)).rows.map(factsOf);
  }

  /** How far each of these jobs is; those that are gone are left out. */
  async seqs(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.database.query<{ id: string; seq: string }>({
      name: 'job-seqs',
      text: SEQS,
      values: [ids],
    });
    return new Map(rows.map(({ id, seq }) => [id, Number(seq)]));
  }

  /**
   * What changed after `after`, in order; a job that is over says so last.
   * @returns undefined when there is no such job
   */
  async changes(id: string, after: number): Promise<readonly JobEvent[] | undefined> {
    type Row = JobRow & { status_seq: string; progress_seq: string };
    const { rows } = await this.database.query<Row>({ name: 'job-changes', text: CHANGES, values: [id] });
    const [row] = rows;
    if (!row) return undefined;
    const job = factsOf(row);
    if (job.seq <= after) return [];
    const events: JobEvent[] = (await this.partials(job, after, PARTIALS_AT_ONCE)).map((partial) => {
      return { type: 'partial', ...partial };
    });
    const full = events.length === PARTIALS_AT_ONCE;
    // what is newer than the last of these comes next time
    const upTo = full ? (events.at(-1)?.seq ?? 0) : job.seq;
    const [statusSeq, progressSeq] = [Number(row.status_seq), Number(row.progress_seq)];
    const { progress, stage } = job;
    if (progressSeq > after && progressSeq <= upTo)
      events.push({ seq: progressSeq, type: 'progress', progress, ...(stage !== undefined && { stage }) });
    if (statusSeq > after && statusSeq <= upTo) events.push({ seq: statusSeq, type: 'status', job });
    return events.filter(({ seq }) => seq <= upTo).sort((a, b) => a.seq - b.seq);
  }

  private async partials(job: JobFacts, after: number, limit: number): Promise<Partial[]> {
    const { rows } = await this.database.query<PartialRow>({
      name: 'job-partials',
      text: PARTIALS,
      values: [job.id, after, limit],
    });
    return rows.map(({ name, seq, at, sealed }) => {
      const { key, value } = this.seal.openPart(job, name, sealed) as { key: string; value: Json };
      return { key, value, at, seq: Number(seq) };
    });
  }
}
