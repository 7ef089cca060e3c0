import type { ClientBase } from 'pg';
import type { End, EndedJob, JobFacts } from './job';
import type { JobSeal } from './sealed-job';

/** Runs within the transaction in which jobs end: what it writes is there exactly when they have ended. */
export type EndHook = (client: ClientBase, ended: readonly EndedJob[]) => Promise<void>;

/** Whoever has something to do when jobs end: what is held for them is freed, somebody is told. */
export class JobEndings {
  private readonly hooks: EndHook[] = [];

  add(hook: EndHook): void {
    this.hooks.push(hook);
  }

  async run(client: ClientBase, ended: readonly EndedJob[]): Promise<void> {
    if (!ended.length) return;
    for (const hook of this.hooks) await hook(client, ended);
  }
}

/** @param submission sealed: it is opened only for those who ask */
export function ended(job: JobFacts, submission: Buffer, seal: JobSeal): EndedJob {
  return { job: job as JobFacts & { status: End }, submission: () => seal.openSubmission(job, submission) };
}
