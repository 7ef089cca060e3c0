import { CompletionJob } from './completion-job';
import { JobKinds } from './job-kinds';

/** To add a kind of job: its class here. */
export const JOB_KINDS = {
  provide: JobKinds,
  useFactory: (): JobKinds => new JobKinds([new CompletionJob()]),
};
