export { type JobDraft, JobIntake, type TakenIn } from './job-intake.service';
export { JobRunner } from './job-runner.service';
export { JobsWorkModule } from './jobs-work.module';
