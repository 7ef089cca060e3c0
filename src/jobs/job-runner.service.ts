import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../contract/errors';
import { uuidv7 } from '../contract/ids';
import { Backlogs, type ClaimedJob, JobClaims, JobQueue, JobSignals } from '../features/jobs';
import { Config } from '../platform/config/config';
import { EventBus } from '../platform/events/event-bus';
import { JobCalls } from './job-calls.service';
import { JobKinds } from './job-kinds';
import { wholeJob } from './whole-job';
import { WorkingJob } from './working-job';

const BEATS_PER_LEASE = 3;
const POLL_MS = 50;
/** A call that is under way at the end gets so long, where streams get longer. */
const LAST_CALLS_MS = 10_000;

/** Works on jobs, as many at a time as configured: takes the one that is next, does it, and says what came of it. */
@Injectable()
export class JobRunner implements BeforeApplicationShutdown {
  /** Names this process among those that work. */
  readonly id = uuidv7();
  private readonly log = new Logger('Jobs');
  private readonly working = new Map<string, WorkingJob>();
  private timer: NodeJS.Timeout | undefined;
  private turns = 0;
  private started = false;
  private stopping = false;

  // prettier-ignore
  constructor(
    private readonly config: Config, private readonly queue: JobQueue, private readonly claims: JobClaims,
    private readonly signals: JobSignals, private readonly backlogs: Backlogs, private readonly kinds: JobKinds,
    private readonly calls: JobCalls, private readonly events: EventBus,
  ) {
    signals.on((id, taken) => {
      if (taken) void this.check([...this.working.values()].filter(({ jobId }) => jobId === id));
    });
  }

  /** From now on this process works. */
  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    const { leaseMs, concurrency } = this.config.jobs;
    this.timer = setInterval(() => void this.beat(), leaseMs / BEATS_PER_LEASE).unref();
    await this.beat();
    await this.queue.serve(() => this.turn(), concurrency);
  }

  /** Without tickets, while their engine is away: takes what is due, as far as there is room. */
  pull(): void {
    const room = this.started && !this.stopping ? this.config.jobs.concurrency - this.turns : 0;
    for (let i = 0; i < room; i++) void this.turn();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.started || this.stopping) return;
    this.stopping = true;
    await this.queue.rest();
    for (const job of this.working.values()) job.handBack();
    const patience = Math.min(LAST_CALLS_MS, this.config.server.shutdownGraceMs / 2);
    for (const until = Date.now() + patience; this.turns && Date.now() < until;) await sleep(POLL_MS);
    for (const job of this.working.values()) job.stop('handed-back');
    for (const until = Date.now() + patience; this.turns && Date.now() < until;) await sleep(POLL_MS);
    clearInterval(this.timer);
    await this.backlogs.leave(this.id);
  }

  /** Takes one job and works on it to its end. Never throws. */
  private async turn(): Promise<void> {
    if (this.stopping) return;
    this.turns++;
    try {
      const claimed = await this.claims.claim(this.id, this.kinds.types);
      if (claimed) await this.work(claimed);
    } catch (error) {
      this.log.warn({ reason: GatewayError.from(error).code }, 'no job could be taken');
    } finally {
      this.turns--;
    }
  }

  private async work(claimed: ClaimedJob): Promise<void> {
    const { resultBytes } = this.config.jobs;
    const { claims, calls, signals, kinds, log } = this;
    const parallel = kinds.parallelOf(claimed.job.type) ?? this.config.jobs.parallel;
    const working = new WorkingJob(claimed, { claims, calls, signals, parallel, resultBytes });
    const name = nameOf(claimed);
    this.working.set(name, working);
    signals.tell(claimed.id);
    try {
      const end = await wholeJob(working, { claims, kinds, log, tries: this.config.jobs });
      if (end) this.told(claimed, end);
    } finally {
      this.working.delete(name);
      signals.tell(claimed.id);
    }
  }

  private told(
    { job: { type, createdAt, runAt, claimedAt } }: ClaimedJob,
    status: 'succeeded' | 'failed' | 'dead',
  ): void {
    const now = Date.now();
    const due = Math.max(createdAt.getTime(), runAt.getTime());
    const begun = claimedAt?.getTime() ?? now;
    this.events.emit('job.finished', { type, status, workMs: now - begun, waitMs: Math.max(0, begun - due) });
  }

  /** Says that this process lives and what it works on, and hears what is not its own any more. */
  private async beat(): Promise<void> {
    const { leaseMs, concurrency } = this.config.jobs;
    await Promise.all([
      this.backlogs.beat(this.id, concurrency, leaseMs).catch(() => undefined),
      this.check([...this.working.values()]),
    ]);
  }

  private async check(jobs: readonly WorkingJob[]): Promise<void> {
    if (!jobs.length) return;
    try {
      const mine = await this.claims.renew(jobs.map(({ claimed }) => claimed));
      for (const job of jobs) if (!mine.has(nameOf(job.claimed))) job.stop('taken');
    } catch {
      // whoever cannot write anything keeps nothing: the next beat tries again
    }
  }
}

function nameOf({ id, attempt }: { readonly id: string; readonly attempt: number }): string {
  return `${id}.${attempt}`;
}
