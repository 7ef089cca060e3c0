import { Module } from '@nestjs/common';
import { AnswersModule } from '../features/answers';
import { IdempotencyModule } from '../features/idempotency';
import { LimitsModule } from '../features/limits';
import { ModelsModule } from '../features/models';
import { ProvidersModule } from '../features/providers';
import { RecordsModule } from '../features/records';
import { ResilienceModule } from '../features/resilience';
import { ConfigModule } from '../platform/config/config.module';
import { EventBusModule } from '../platform/events/event-bus.module';
import { AdmitStage } from './admit.stage';
import { AuditStage } from './audit.stage';
import { BudgetStage } from './budget.stage';
import { CacheStage } from './cache.stage';
import { DegradeStage } from './degrade.stage';
import { Dispatch } from './dispatch.service';
import { IdempotencyStage } from './idempotency.stage';
import { ModelProbe } from './model-probe.service';
import { Pipeline } from './pipeline.service';
import { RouteStage } from './route.stage';
import { SanitizeStage } from './sanitize.stage';

@Module({
  imports: [
    ConfigModule,
    EventBusModule,
    RecordsModule,
    LimitsModule,
    IdempotencyModule,
    AnswersModule,
    ModelsModule,
    ProvidersModule,
    ResilienceModule,
  ],
  providers: [
    Pipeline,
    AuditStage,
    AdmitStage,
    IdempotencyStage,
    SanitizeStage,
    RouteStage,
    DegradeStage,
    CacheStage,
    BudgetStage,
    Dispatch,
    ModelProbe,
  ],
  exports: [Pipeline, ModelProbe],
})
export class PipelineModule {}
