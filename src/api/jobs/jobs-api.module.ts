import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { TenancyModule } from '../../features/tenancy';
import { JobRunner, JobsWorkModule } from '../../jobs';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { DeliveriesController } from './deliveries.controller';
import { JobEventsController } from './job-events.controller';
import { JobsController } from './jobs.controller';
import { OwnJobs } from './own-jobs.service';
import { JobSockets } from './stream/job-sockets.service';
import { JobStreamController } from './stream/job-stream.controller';
import { WebhookSecretController } from './webhook-secret.controller';

@Module({
  imports: [ConfigModule, EventBusModule, AuditModule, TenancyModule, JobsWorkModule],
  controllers: [
    JobsController,
    JobEventsController,
    JobStreamController,
    DeliveriesController,
    WebhookSecretController,
  ],
  providers: [OwnJobs, JobSockets],
})
export class JobsApiModule implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly runner: JobRunner,
  ) {}

  /** The process that serves also works, unless others are there for that. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.jobs.run) await this.runner.start();
  }
}
