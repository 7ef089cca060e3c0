export { type AskedRun, EvalRuns } from './evals/eval-runs.service';
export { ErasureWorkModule } from './erasure/erasure-work.module';
export { IncidentsWorkModule } from './incidents/incidents-work.module';
export { type JobDraft, JobIntake, type TakenIn } from './job-intake.service';
export { JobRunner } from './job-runner.service';
export { QueuedCalls } from './queued-calls.service';
export { JobsWorkModule } from './jobs-work.module';
export { PromotionDesk } from './promotions/promotion-desk.service';
export { UploadPersons } from './upload-persons.service';
