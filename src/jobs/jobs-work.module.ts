import { Module } from '@nestjs/common';
import { AnalysisModule } from '../features/analysis';
import { AuditModule } from '../features/audit';
import { BatchesModule } from '../features/batches';
import { PricesModule } from '../features/cost';
import { DocumentsModule } from '../features/documents';
import { FeedbackModule } from '../features/feedback';
import { FilesModule } from '../features/files';
import { FlagsModule } from '../features/flags';
import { JobsModule, WebhooksModule } from '../features/jobs';
import { ModelsModule } from '../features/models';
import { PromotionsModule } from '../features/promotions';
import { TenancyModule } from '../features/tenancy';
import { FundingModule, PipelineModule, SpendModule } from '../pipeline';
import { ConfigModule } from '../platform/config/config.module';
import { EventBusModule } from '../platform/events/event-bus.module';
import { BATCH_RESULTS } from './batch/batch-results.provider';
import { REMOTE_BATCH_WORK } from './batch/remote-batch.provider';
import { BatchCloser } from './batch/batch-closer.service';
import { EVAL_KIND } from './evals/eval-kind.provider';
import { EvalRecords } from './evals/eval-records.service';
import { EvalRuns } from './evals/eval-runs.service';
import { SUITES } from './evals/suites.provider';
import { JobCalls } from './job-calls.service';
import { JobFunding } from './job-funding.service';
import { JobIntake } from './job-intake.service';
import { LateSteps } from './late-steps.service';
import { JobPersons } from './job-persons.service';
import { JobRunner } from './job-runner.service';
import { JobSweeper } from './job-sweeper.service';
import { CanaryEvidence } from './promotions/canary-evidence.service';
import { PromotionActs } from './promotions/promotion-acts.service';
import { PromotionDesk } from './promotions/promotion-desk.service';
import { PromotionSweeper } from './promotions/promotion-sweeper.service';
import { QueuedCalls } from './queued-calls.service';
import { JOB_KINDS } from './kinds.provider';
import { UploadPersons } from './upload-persons.service';
import { WebhookSender } from './webhook-sender.service';
import { WebhookTargets } from './webhook-targets.service';

/** Jobs and the pipeline that their calls pass. Whether this process works on them is for whoever starts it to say. */
@Module({
  imports: [
    ConfigModule,
    EventBusModule,
    AuditModule,
    AnalysisModule,
    DocumentsModule,
    BatchesModule,
    FeedbackModule,
    FilesModule,
    FlagsModule,
    PromotionsModule,
    SpendModule,
    TenancyModule,
    ModelsModule,
    PricesModule,
    FundingModule,
    PipelineModule,
    JobsModule,
    WebhooksModule,
  ],
  providers: [
    JOB_KINDS,
    SUITES,
    EVAL_KIND,
    EvalRecords,
    EvalRuns,
    CanaryEvidence,
    PromotionActs,
    PromotionDesk,
    PromotionSweeper,
    BATCH_RESULTS,
    REMOTE_BATCH_WORK,
    LateSteps,
    BatchCloser,
    JobCalls,
    JobFunding,
    JobIntake,
    JobPersons,
    JobRunner,
    JobSweeper,
    QueuedCalls,
    UploadPersons,
    WebhookTargets,
    WebhookSender,
  ],
  exports: [
    JobsModule,
    WebhooksModule,
    SUITES,
    EvalRuns,
    PromotionDesk,
    JobIntake,
    JobRunner,
    QueuedCalls,
    UploadPersons,
  ],
})
export class JobsWorkModule {}
