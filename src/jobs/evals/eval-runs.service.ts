import { Injectable } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { isUuid, uuidv7 } from '../../contract/ids';
import { Acts } from '../../features/audit';
import { type EvalInput, modelsAsked, Suites } from '../../features/evals';
import { type FullJob, type JobFacts, JobReader } from '../../features/jobs';
import { Config } from '../../platform/config/config';
import { JobIntake, type TakenIn } from '../job-intake.service';

/** By which reports of usage tell what evals cost. */
const TAG = 'purpose:eval';

export interface EvalRequest {
  readonly suite: string;
  /** Those of the suite when absent. */
  readonly models?: readonly string[] | undefined;
  readonly baseline?: string | undefined;
  /** Of the run; a new one when absent. */
  readonly id?: string;
  /** Repeating the request under this name makes no second run. */
  readonly idempotencyKey?: string | undefined;
}

/** A run with what it was asked for. */
export interface AskedRun {
  readonly job: FullJob;
  readonly input: EvalInput;
}

/** Runs of suites. Each is a job for the key that asked, whose calls are tagged. */
@Injectable()
export class EvalRuns {
  constructor(
    private readonly config: Config,
    private readonly suites: Suites,
    private readonly intake: JobIntake,
    private readonly reader: JobReader,
    private readonly acts: Acts,
  ) {}

  /** @throws GatewayError `not_found` for the suite, `invalid_request`, and as the submission of a job does */
  async start(
    caller: Caller,
    { id = uuidv7(), suite: name, models, baseline, idempotencyKey }: EvalRequest,
  ): Promise<TakenIn> {
    const { hash, written } = this.suites.find(name);
    const input: EvalInput = {
      suite: name,
      hash,
      models: [...new Set(models ?? written.models)],
      ...(baseline !== undefined && { baseline }),
    };
    const most = this.config.evals.models;
    const asked = modelsAsked(input);
    if (asked.length > most)
      throw new GatewayError('invalid_request', `models: at most ${most}, the baseline included`, { param: 'models' });
    // whoever asked may have written anything for a model
    const metadata = { target: id, suite: name, suite_hash: hash, models: asked.length };
    return this.acts.perform(caller, { event: 'eval.start', metadata, payload: { models: asked } }, () =>
      this.intake.submit(caller, {
        id,
        type: 'eval',
        input: { ...input },
        priority: 0,
        tags: [TAG],
        cache: 'no-store',
        idempotencyKey,
      }),
    );
  }

  /** Newest first; those of the caller's tenant, of all for one of the root tenant. */
  async list(caller: Caller, before: string | undefined, limit: number): Promise<readonly JobFacts[]> {
    return this.reader.list({ type: 'eval', ...(!caller.root && { tenantId: caller.tenantId }) }, before, limit);
  }

  /** @throws GatewayError `not_found` also when it is of another tenant */
  async find(caller: Caller, id: string): Promise<AskedRun> {
    const job = isUuid(id) ? await this.reader.full(id) : undefined;
    const isSeen = job?.type === 'eval' && (caller.root || job.tenantId === caller.tenantId);
    const submitted = isSeen ? await this.reader.submissionOf(id) : undefined;
    if (job && submitted) return { job, input: submitted.submission.input as unknown as EvalInput };
    throw new GatewayError('not_found', 'There is no such run');
  }
}
