import { Module } from '@nestjs/common';
import { AnswersModule } from '../features/answers';
import { AuditModule } from '../features/audit';
import { IdempotencyModule } from '../features/idempotency';
import { LimitsModule } from '../features/limits';
import { ModelsModule } from '../features/models';
import { ProvidersModule } from '../features/providers';
import { ResilienceModule } from '../features/resilience';
import { SanitizationModule } from '../features/sanitization';
import { Config } from '../platform/config/config';
import { ConfigModule } from '../platform/config/config.module';
import { EventBusModule } from '../platform/events/event-bus.module';
import { KeyedHash } from '../platform/secrets/keyed-hash';
import { AdmitStage } from './admit.stage';
import { AuditStage } from './audit.stage';
import { BudgetStage } from './budget.stage';
import { CacheStage } from './cache.stage';
import { ConformStage } from './conform.stage';
import { DegradeStage } from './degrade.stage';
import { Dispatch } from './dispatch.service';
import { EgressStage } from './egress.stage';
import { IdempotencyStage } from './idempotency.stage';
import { ModelProbe } from './model-probe.service';
import { Pipeline } from './pipeline.service';
import { RouteStage } from './route.stage';
import { SanitizeStage } from './sanitize.stage';

@Module({
  imports: [
    ConfigModule,
    EventBusModule,
    AuditModule,
    LimitsModule,
    IdempotencyModule,
    AnswersModule,
    ModelsModule,
    ProvidersModule,
    ResilienceModule,
    SanitizationModule,
  ],
  providers: [
    { provide: KeyedHash, inject: [Config], useFactory: ({ masterKey }: Config) => new KeyedHash(masterKey) },
    Pipeline,
    AuditStage,
    AdmitStage,
    IdempotencyStage,
    SanitizeStage,
    RouteStage,
    DegradeStage,
    CacheStage,
    ConformStage,
    BudgetStage,
    EgressStage,
    Dispatch,
    ModelProbe,
  ],
  exports: [Pipeline, ModelProbe],
})
export class PipelineModule {}
