import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { TenancyModule } from '../../features/tenancy';
import { JobRunner, JobsWorkModule } from '../../jobs';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DeliveriesController } from './deliveries.controller';
import { JobEventsController } from './job-events.controller';
import { JobsController } from './jobs.controller';
import { OwnJobs } from './own-jobs.service';
import { WebhookSecretController } from './webhook-secret.controller';

@Module({
  imports: [ConfigModule, AuditModule, TenancyModule, JobsWorkModule],
  controllers: [JobsController, JobEventsController, DeliveriesController, WebhookSecretController],
  providers: [OwnJobs],
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
