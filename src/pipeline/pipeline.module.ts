import { Module } from '@nestjs/common';
import { AnalysisModule } from '../features/analysis';
import { AnswersModule } from '../features/answers';
import { AuditModule } from '../features/audit';
import { PricesModule } from '../features/cost';
import { FlagsModule } from '../features/flags';
import { IdempotencyModule } from '../features/idempotency';
import { LimitsModule } from '../features/limits';
import { ModelsModule } from '../features/models';
import { ProvidersModule } from '../features/providers';
import { ResilienceModule } from '../features/resilience';
import { SanitizationModule } from '../features/sanitization';
import { SelectionModule } from '../features/selection';
import { SessionsModule } from '../features/sessions';
import { WithdrawalsModule } from '../features/withdrawals';
import { Config } from '../platform/config/config';
import { ConfigModule } from '../platform/config/config.module';
import { EventBusModule } from '../platform/events/event-bus.module';
import { KeyedHash } from '../platform/secrets/keyed-hash';
import { TracingModule } from '../platform/tracing/tracing.module';
import { AdmitStage } from './admit.stage';
import { AnalyzeCalls } from './analyze-calls.service';
import { AuditStage } from './audit.stage';
import { BudgetStage } from './budget.stage';
import { CacheStage } from './cache.stage';
import { CallLimits } from './call-limits.service';
import { CheaperModels } from './cheaper-models.service';
import { ConformStage } from './conform.stage';
import { DegradeStage } from './degrade.stage';
import { Dispatch } from './dispatch.service';
import { EgressStage } from './egress.stage';
import { FlagStage } from './flag.stage';
import { Embeddings } from './embeddings.service';
import { FundingModule } from './funding.module';
import { IdempotencyStage } from './idempotency.stage';
import { InstructStage } from './instruct.stage';
import { InternalCalls } from './internal-calls.service';
import { ModelProbe } from './model-probe.service';
import { Pipeline } from './pipeline.service';
import { QuestionBodies } from './question-bodies.service';
import { RemoteBatches } from './remote-batches.service';
import { Revalidation } from './revalidation.service';
import { RouteStage } from './route.stage';
import { SanitizeStage } from './sanitize.stage';
import { SelectStage } from './select.stage';
import { ShadowStage } from './shadow.stage';
import { ShadowedCalls } from './shadowed-calls.service';
import { CoalescedAnswers } from './coalesced-answers.service';
import { SimilarCache } from './similar-cache.service';

@Module({
  imports: [
    ConfigModule,
    EventBusModule,
    AuditModule,
    LimitsModule,
    IdempotencyModule,
    FlagsModule,
    AnswersModule,
    AnalysisModule,
    ModelsModule,
    ProvidersModule,
    ResilienceModule,
    SanitizationModule,
    SelectionModule,
    SessionsModule,
    WithdrawalsModule,
    PricesModule,
    FundingModule,
    TracingModule,
  ],
  providers: [
    { provide: KeyedHash, inject: [Config], useFactory: ({ masterKey }: Config) => new KeyedHash(masterKey) },
    Pipeline,
    AuditStage,
    CallLimits,
    AdmitStage,
    IdempotencyStage,
    FlagStage,
    SanitizeStage,
    InstructStage,
    SelectStage,
    RouteStage,
    DegradeStage,
    CacheStage,
    ConformStage,
    ShadowStage,
    ShadowedCalls,
    CheaperModels,
    BudgetStage,
    EgressStage,
    Dispatch,
    InternalCalls,
    Embeddings,
    SimilarCache,
    CoalescedAnswers,
    Revalidation,
    ModelProbe,
    QuestionBodies,
    AnalyzeCalls,
    RemoteBatches,
  ],
  exports: [Pipeline, RemoteBatches, ModelProbe, QuestionBodies, AnalyzeCalls],
})
export class PipelineModule {}
