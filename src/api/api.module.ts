import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuditModule, ReviewModule } from '../features/audit';
import { LimitsModule } from '../features/limits';
import { ModelsModule } from '../features/models';
import { RecordsModule } from '../features/records';
import { SanitizationModule } from '../features/sanitization';
import { TenancyModule } from '../features/tenancy';
import { PipelineModule } from '../pipeline';
import { ConfigModule } from '../platform/config/config.module';
import { ConfigReloadModule } from '../platform/config/config-reload.module';
import { ObservabilityModule } from '../platform/observability/observability.module';
import { AdminModule } from './admin/admin.module';
import { CacheModule } from './cache/cache.module';
import { AnalyzeController } from './analyze/analyze.controller';
import { AnthropicController } from './anthropic/anthropic.controller';
import { AuditApiModule } from './audit/audit-api.module';
import { Door } from './door/door.service';
import { BatchesApiModule } from './batches/batches-api.module';
import { FeedbackApiModule } from './feedback/feedback-api.module';
import { EvalsApiModule } from './evals/evals-api.module';
import { FilesApiModule } from './files/files-api.module';
import { ConfigurationController } from './configuration/configuration.controller';
import { DeploysModule } from './deploys/deploys.module';
import { FlagsModule } from './flags/flags.module';
import { ErrorFilter } from './filters/error.filter';
import { GUARDS } from './guards';
import { HomeController } from './http/home.controller';
import { HealthModule } from './health/health.module';
import { IncidentsApiModule } from './incidents/incidents-api.module';
import { JobsWorkModule } from '../jobs';
import { JobsApiModule } from './jobs/jobs-api.module';
import { LifecycleModule } from './lifecycle/lifecycle.module';
import { MetricsController } from './metrics/metrics.controller';
import { ModelsController } from './models/models.controller';
import { RegistryModule } from './models/registry/registry.module';
import { OpenAiController } from './openai/openai.controller';
import { PoliciesModule } from './policies/policies.module';
import { PromotionsApiModule } from './promotions/promotions-api.module';
import { RequestsController } from './requests/requests.controller';
import { SanitizeController } from './sanitize/sanitize.controller';
import { SessionsController } from './sessions/sessions.controller';
import { StatusModule } from './status/status.module';
import { UsageApiModule } from './usage/usage-api.module';

/** Every door. Guards say who is calling, the filter spells refusals. */
@Module({
  imports: [
    ConfigModule,
    ConfigReloadModule,
    TenancyModule,
    AuditModule,
    ReviewModule,
    LimitsModule,
    ModelsModule,
    RecordsModule,
    PipelineModule,
    ObservabilityModule,
    AdminModule,
    AuditApiModule,
    HealthModule,
    LifecycleModule,
    PoliciesModule,
    StatusModule,
    UsageApiModule,
    SanitizationModule,
    CacheModule,
    BatchesApiModule,
    EvalsApiModule,
    FilesApiModule,
    FeedbackApiModule,
    FlagsModule,
    RegistryModule,
    PromotionsApiModule,
    IncidentsApiModule,
    DeploysModule,
    JobsWorkModule,
    JobsApiModule,
  ],
  controllers: [
    HomeController,
    OpenAiController,
    AnthropicController,
    AnalyzeController,
    ModelsController,
    RequestsController,
    MetricsController,
    SanitizeController,
    SessionsController,
    ConfigurationController,
  ],
  providers: [Door, ...GUARDS, { provide: APP_FILTER, useClass: ErrorFilter }],
})
export class ApiModule {}
