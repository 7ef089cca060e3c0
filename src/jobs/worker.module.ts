import { Module } from '@nestjs/common';
import { AuditModule } from '../features/audit';
import { DatabaseModule } from '../platform/database/database.module';
import { ObservabilityModule } from '../platform/observability/observability.module';
import { SecretsModule } from '../platform/secrets/secrets.module';
import { IncidentsWorkModule } from './incidents/incidents-work.module';
import { JobsWorkModule } from './jobs-work.module';

/** The composition root of a process that works on jobs and serves nobody. */
@Module({
  imports: [ObservabilityModule, SecretsModule, DatabaseModule, AuditModule, JobsWorkModule, IncidentsWorkModule],
})
export class WorkerModule {}
