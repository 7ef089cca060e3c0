import { Injectable } from '@nestjs/common';
import { JobClaims, type JobFacts, JobSignals, type Submission } from '../features/jobs';
import { Config } from '../platform/config/config';
import { JobCalls } from './job-calls.service';
import { WorkingJob } from './working-job';

/** Steps of jobs that have ended: what somebody else did of them until then, and tells late. */
@Injectable()
export class LateSteps {
  constructor(
    private readonly config: Config,
    private readonly claims: JobClaims,
    private readonly calls: JobCalls,
    private readonly signals: JobSignals,
  ) {}

  of(job: JobFacts, submission: Submission, parallel: number): WorkingJob {
    const { claims, calls, signals } = this;
    const { id, tenantId, attempt } = job;
    const { resultBytes } = this.config.jobs;
    // any of its steps may be there
    const claimed = { id, tenantId, attempt: attempt + 1, job, submission };
    const late = {
      stepOf: claims.stepOf.bind(claims),
      keepStep: claims.keepLateStep.bind(claims),
      spend: claims.spend.bind(claims),
      partial: () => Promise.resolve(true),
      progress: () => Promise.resolve(true),
    };
    return new WorkingJob(claimed, { claims: late, calls, signals, parallel, resultBytes });
  }
}
