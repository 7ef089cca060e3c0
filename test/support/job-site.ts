import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { uuidv7 } from '../../src/contract/ids';
import type { Submission } from '../../src/features/jobs/job';
import { JobClaims } from '../../src/features/jobs/job-claims.store';
import { JobEndings } from '../../src/features/jobs/job-endings';
import { JobReader } from '../../src/features/jobs/job-reader.store';
import { JobSubmissions, type NewJob } from '../../src/features/jobs/job-submissions.store';
import { JobUpkeep } from '../../src/features/jobs/job-upkeep.store';
import { JobsDatabase } from '../../src/features/jobs/jobs-database.store';
import { JobQueue, type Ticket } from '../../src/features/jobs/queue/job-queue';
import { JobSeal } from '../../src/features/jobs/sealed-job';
import { KeyedHash } from '../../src/platform/secrets/keyed-hash';
import { SealedBox } from '../../src/platform/secrets/sealed-box';
import { type TestDatabase, testDatabase } from './database';

/** Remembers its tickets, and hands out none. */
export class PaperQueue extends JobQueue {
  readonly engine = 'redis';
  tickets: Ticket[] = [];
  away = false;

  override async ring(tickets: readonly Ticket[]): Promise<void> {
    if (this.away) throw new Error('away');
    this.tickets.push(...tickets);
    return Promise.resolve();
  }
  override serve(): Promise<void> {
    return Promise.resolve();
  }
  override rest(): Promise<void> {
    return Promise.resolve();
  }
  override depth(): Promise<{ waiting: number }> {
    return Promise.resolve({ waiting: this.tickets.length });
  }
  override close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A database with jobs of several tenants, and what processes do with them. */
export class JobSite {
  readonly queue = new PaperQueue();
  readonly endings = new JobEndings();
  readonly seal: JobSeal;
  readonly submissions: JobSubmissions;
  readonly reader: JobReader;

  private constructor(
    readonly database: TestDatabase,
    readonly client: Client,
    readonly jobs: JobsDatabase,
  ) {
    const key = randomBytes(32);
    this.seal = new JobSeal(new SealedBox(key), new KeyedHash(key));
    this.submissions = new JobSubmissions(jobs, this.queue, this.seal, this.endings, 3_600);
    this.reader = new JobReader(jobs, this.seal);
  }

  static async build(): Promise<JobSite> {
    const database = await testDatabase();
    const client = new Client(database.url);
    await client.connect();
    return new JobSite(database, client, new JobsDatabase(database.url, 8));
  }

  claims(leaseMs = 15_000): JobClaims {
    return new JobClaims(this.jobs, this.queue, this.seal, this.endings, { leaseMs, keepSeconds: 3_600 });
  }

  upkeep(takeovers = 3): JobUpkeep {
    return new JobUpkeep(this.jobs, this.queue, this.seal, this.endings, { keepSeconds: 3_600, takeovers });
  }

  async newTenant(): Promise<string> {
    const id = uuidv7();
    await this.client.query('insert into tenants (id, name, root, created_at) values ($1, $2, false, now())', [
      id,
      `jobs ${id}`,
    ]);
    return id;
  }

  /** @returns its id */
  async submit(tenantId: string, more: Partial<NewJob> & { input?: Submission['input'] } = {}): Promise<string> {
    const { input = 'what to do', ...job } = more;
    const id = uuidv7();
    await this.submissions.submit({
      id,
      tenantId,
      keyId: tenantId,
      type: 'completion',
      priority: 0,
      runAt: new Date(Date.now() - 1_000),
      expiresAt: new Date(Date.now() + 3_600_000),
      submission: { input, ttlSeconds: 60 },
      ...job,
    });
    return id;
  }

  /** Time passes for what the condition is true of. */
  async age(column: 'lease_until' | 'expires_at' | 'rung_at' | 'removed_at', id?: string): Promise<void> {
    const which = id === undefined ? '' : ` where id = '${id}'`;
    await this.client.query(`update jobs set ${column} = now() - interval '1 minute'${which}`);
  }

  async clear(): Promise<void> {
    this.queue.tickets = [];
    await this.client.query('truncate jobs, job_workers cascade');
  }

  async close(): Promise<void> {
    await this.client.end();
    await this.jobs.close();
    await this.database.drop();
  }
}
