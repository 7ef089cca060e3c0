import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { JobFeed } from './job-feed';
import { JobSignals } from './job-signals.store';
import { JobsDatabase } from './jobs-database.store';
import { KeyFeed } from './key-feed';
import { JobQueue } from './queue/job-queue';

/** Connections of jobs: those who work on them have stopped by the time these are closed. */
@Injectable()
export class JobsLifecycle implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly queue: JobQueue,
    private readonly signals: JobSignals,
    private readonly feed: JobFeed,
    private readonly keyFeed: KeyFeed,
    private readonly database: JobsDatabase,
  ) {}

  async onModuleInit(): Promise<void> {
    // an engine that is away now is found again when it is needed
    await Promise.all([this.signals.start(), this.queue.depth().catch(() => undefined)]);
  }

  beforeApplicationShutdown(): void {
    this.feed.stop();
    this.keyFeed.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue.close();
    await this.signals.stop();
    await this.database.close();
  }
}
