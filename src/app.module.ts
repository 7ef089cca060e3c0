import { Module } from '@nestjs/common';
import { ApiModule } from './api/api.module';
import { AuditModule } from './features/audit';
import { DatabaseModule } from './platform/database/database.module';
import { ObservabilityModule } from './platform/observability/observability.module';
import { SecretsModule } from './platform/secrets/secrets.module';

/** The composition root of the HTTP process. */
@Module({ imports: [ObservabilityModule, SecretsModule, DatabaseModule, AuditModule, ApiModule] })
export class AppModule {}
