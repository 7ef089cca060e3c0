import type { ClientBase } from 'pg';
import type { End, EndedJob, JobFacts } from './job';
import type { JobSeal } from './sealed-job';

/** Runs within the transaction in which jobs end: what it writes is there exactly when they have ended. */
export type EndHook = (client: ClientBase, ended: readonly EndedJob[]) => Promise<void>;

/** Says the same of a job before and after its end is written down. */
type Concerns = (ended: EndedJob) => boolean;

/** Whoever has something to do when jobs end: what is held for them is freed, somebody is told. */
export class JobEndings {
  private readonly hooks: { readonly concerns: Concerns; readonly run: EndHook }[] = [];

  /** @param concerns of which jobs it is told */
  add(concerns: Concerns, run: EndHook): void {
    this.hooks.push({ concerns, run });
  }

  /** Whether anybody has something to do when this job ends: else its end is written down alone. */
  concern(one: EndedJob): boolean {
    return this.hooks.some(({ concerns }) => concerns(one));
  }

  async run(client: ClientBase, ended: readonly EndedJob[]): Promise<void> {
    for (const { concerns, run } of this.hooks) {
      const own = ended.filter(concerns);
      if (own.length) await run(client, own);
    }
  }
}

/** @param submission sealed: it is opened only for those who ask */
export function ended(job: JobFacts, submission: Buffer, seal: JobSeal): EndedJob {
  return { job: job as JobFacts & { status: End }, submission: () => seal.openSubmission(job, submission) };
}
