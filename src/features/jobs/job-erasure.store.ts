import type { JobFacts } from './job';
import { ended, type JobEndings } from './job-endings';
import { FACTS, factsOf, type JobRow } from './job-row';
import type { JobsDatabase } from './jobs-database.store';
import type { JobSeal } from './sealed-job';

const AT_ONCE = 50;

const FIND = `
  select j.id from jobs j
  where j.tenant_id = $1 and ($2::timestamptz is null or j.created_at <= $2) order by j.id limit $3`;
const FIND_OF_PERSON = `
  select j.id from job_persons p join jobs j on j.id = p.job_id
  where j.tenant_id = $1 and ($2::timestamptz is null or j.created_at <= $2) and p.person = $4 order by j.id limit $3`;
const STOP = `
  update jobs j set status = 'cancelled', finished_at = clock_timestamp(), worker = null, lease_until = null,
    removed_at = clock_timestamp(), seq = j.seq + 1, status_seq = j.seq + 1
  where j.id = any ($1) and j.status in ('queued', 'running') returning ${FACTS}, j.submission`;
const REMOVE = 'delete from jobs where id = any ($1)';

/** Jobs that go with whom they are kept of: wherever they are, with everything that they were asked and gave. */
export class JobErasure {
  constructor(
    private readonly database: JobsDatabase,
    private readonly seal: JobSeal,
    private readonly endings: JobEndings,
  ) {}

  /** The next ones of a person, or of everybody of the tenant. @param before only those handed in by then */
  async next(tenantId: string, person: Buffer | undefined, before: Date | undefined): Promise<readonly string[]> {
    return this.find(tenantId, person, before, AT_ONCE);
  }

  /** Whether there is one of a person. */
  async has(tenantId: string, person: Buffer): Promise<boolean> {
    return (await this.find(tenantId, person, undefined, 1)).length > 0;
  }

  /** Those that have not ended do so first: what is held for them is freed. Whoever works on one can write nothing any more. */
  async remove(ids: readonly string[]): Promise<{ readonly stopped: readonly JobFacts[] }> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<JobRow & { submission: Buffer }>(STOP, [ids]);
      const stopped = rows.map(factsOf);
      await this.endings.run(
        client,
        stopped.map((job, i) => ended(job, (rows[i] as { submission: Buffer }).submission, this.seal)),
      );
      await client.query(REMOVE, [ids]);
      return { stopped };
    });
  }

  private async find(tenantId: string, person: Buffer | undefined, before: Date | undefined, limit: number) {
    const values = [tenantId, before ?? null, limit];
    const { rows } = person
      ? await this.database.query<{ id: string }>(FIND_OF_PERSON, [...values, person])
      : await this.database.query<{ id: string }>(FIND, values);
    return rows.map(({ id }) => id);
  }
}
