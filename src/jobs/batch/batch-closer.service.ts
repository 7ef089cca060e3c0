import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { GatewayError } from '../../contract/errors';
import { JobPause } from '../../contract/job-pause';
import { Batches, batchInput } from '../../features/batches';
import { FINAL, type JobFacts, JobEndings, JobReader, type Submission } from '../../features/jobs';
import { Config } from '../../platform/config/config';
import { LateSteps } from '../late-steps.service';
import type { Undone } from './batch-line';
import { BatchResults } from './batch-results';
import { RemoteBatchWork } from './remote-batch';

const LOOK_MS = 1_500;
const AGAIN_SECONDS = 20;
const LEASE_SECONDS = 60;
const RENEW_MS = 20_000;
const WHY: Partial<Record<JobFacts['status'], Undone>> = { cancelled: 'cancelled', expired: 'expired' };

/**
 * A batch that ends before it is worked off – cancelled, expired, failed – leaves the files of what was done: it was paid for. Any
 * process puts them together, soon after.
 */
@Injectable()
export class BatchCloser implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Batches');
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> | undefined;
  private failing = false;
  private readonly stopped = new AbortController();

  constructor(
    endings: JobEndings,
    private readonly batches: Batches,
    private readonly reader: JobReader,
    private readonly results: BatchResults,
    private readonly remote: RemoteBatchWork,
    private readonly late: LateSteps,
    private readonly config: Config,
  ) {
    endings.add(
      ({ job: { type, status } }) => type === 'batch' && status !== 'succeeded',
      (client, early) =>
        batches.close(
          client,
          early.map(({ job }) => job),
        ),
    );
  }

  onApplicationBootstrap(): void {
    this.next();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    clearTimeout(this.timer);
    await this.turn;
  }

  private next(): void {
    if (this.stopped.signal.aborted) return;
    // replicas that started together do not stay in step
    this.timer = setTimeout(
      () => {
        this.turn = this.look().finally(() => this.next());
      },
      LOOK_MS * (0.75 + Math.random() / 2),
    ).unref();
  }

  private async look(): Promise<void> {
    try {
      while (!this.stopped.signal.aborted) {
        const id = await this.batches.claim();
        if (id === undefined) break;
        await this.close(id);
      }
      this.failing = false;
    } catch (error) {
      // once for each time that it begins to fail
      if (!this.failing) this.log.warn({ reason: GatewayError.from(error).code }, 'batches could not be closed');
      this.failing = true;
    }
  }

  /** Whether all is here that its provider did of it: it is told to stop, and may take a while. */
  private async ended(job: JobFacts, submission: Submission): Promise<boolean> {
    const { id } = job;
    const { passage, total, inProgressAt: since } = await this.batches.under(id);
    if (passage.way !== 'provider' || passage.collected) return true;
    const work = this.late.of(job, submission, this.config.batches.parallel);
    const stop = () => work.stop('handed-back');
    this.stopped.signal.addEventListener('abort', stop, { once: true });
    // nobody else begins meanwhile
    const renewal = setInterval(() => void this.batches.defer(id, LEASE_SECONDS).catch(() => undefined), RENEW_MS);
    try {
      return await this.remote.end({ work, input: batchInput(submission.input), passage, total, since });
    } catch (error) {
      if (!(error instanceof JobPause)) throw error;
      if (error.failure) this.log.warn({ job_id: id, reason: error.failure.code }, 'a batch was not stopped');
      return false;
    } finally {
      clearInterval(renewal);
      this.stopped.signal.removeEventListener('abort', stop);
      work.stop('over');
    }
  }

  private get pollSeconds(): number {
    return this.config.batches.pollMs / 1_000;
  }

  private async close(id: string): Promise<void> {
    const found = await this.reader.submissionOf(id);
    // somebody had it tried again
    if (!found || !FINAL.has(found.job.status)) return this.batches.defer(id, undefined);
    const { job, submission } = found;
    const { signal } = this.stopped;
    try {
      if (!(await this.ended(job, submission))) return this.batches.defer(id, this.pollSeconds);
      const why = WHY[job.status] ?? 'failed';
      await this.results.write({ jobId: id, tenantId: job.tenantId, signal }, batchInput(submission.input), why);
    } catch (error) {
      if (signal.aborted) return this.batches.defer(id, 0);
      const { code } = GatewayError.from(error);
      // somebody else does it
      if (code === 'conflict') return;
      if (code === 'internal') this.log.error({ job_id: id, err: error }, 'the files of a batch were not written');
      else this.log.warn({ job_id: id, reason: code }, 'the files of a batch were not written');
      await this.batches.defer(id, AGAIN_SECONDS);
    }
  }
}
