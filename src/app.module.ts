import { Module } from '@nestjs/common';
import { ApiModule } from './api/api.module';
import { DatabaseModule } from './platform/database/database.module';
import { ObservabilityModule } from './platform/observability/observability.module';

/** The composition root of the HTTP process. */
@Module({ imports: [ObservabilityModule, DatabaseModule, ApiModule] })
export class AppModule {}
