import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Backlogs, type JobFacts, JobQueue, JobSignals, JobUpkeep } from '../features/jobs';
import { EventBus } from '../platform/events/event-bus';
import { JobRunner } from './job-runner.service';
import { Turns } from './turns';

const SWEEP_MS = 1_500;
/** How often the figures of the queue are told. */
const FIGURES_EVERY = 3;

/** Sees to jobs that nobody sees to, every other second, in every process: one of them does it. */
@Injectable()
export class JobSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Jobs');
  private readonly turns = new Turns(() => this.sweep(), SWEEP_MS, this.log, 'jobs could not be seen to');
  private sweeps = 0;

  // prettier-ignore
  constructor(
    private readonly upkeep: JobUpkeep, private readonly backlogs: Backlogs, private readonly signals: JobSignals,
    private readonly runner: JobRunner, private readonly queue: JobQueue, private readonly events: EventBus,
  ) {}

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.turns.stop();
  }

  private async sweep(): Promise<void> {
    try {
      const { expired, buried, takenOver, rung } = await this.upkeep.sweep();
      for (const { id } of [...expired, ...buried, ...takenOver]) this.signals.tell(id, true);
      this.ended(expired, 'expired');
      this.ended(buried, 'dead');
      if (takenOver.length) this.events.emit('job.taken_over', { count: takenOver.length });
      if (rung) this.log.debug({ count: rung }, 'jobs whose tickets were lost have new ones');
      if (this.sweeps++ % FIGURES_EVERY === 0) await this.tellFigures();
    } finally {
      await this.queue.depth().catch(() => this.runner.pull());
    }
  }

  private ended(jobs: readonly JobFacts[], status: 'expired' | 'dead'): void {
    for (const { type } of jobs) this.events.emit('job.finished', { type, status });
  }

  private async tellFigures(): Promise<void> {
    const { queued, due, running } = await this.backlogs.now();
    this.events.emit('job.depth', { due, scheduled: queued - due, running });
  }
}
