import { Injectable } from '@nestjs/common';
import type { Call } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { Config } from '../platform/config/config';
import { JobIntake } from './job-intake.service';

/** Calls that no budget has room for now, done as jobs when there may be some. */
@Injectable()
export class QueuedCalls {
  constructor(
    private readonly config: Config,
    private readonly intake: JobIntake,
  ) {}

  /**
   * What the caller is told: where the budget of a call says so, the refusal names the job that has taken its place. Nothing is
   * held for the job; its call is held to the budget like any other once it begins.
   * @returns the same refusal where nothing can be queued: then it is only a refusal
   */
  async instead(call: Call, refusal: unknown): Promise<unknown> {
    if (!(refusal instanceof GatewayError) || refusal.facts.roomAt === undefined) return refusal;
    const { caller, request, wire, user, session, tags, cacheIntent, validation, complexity, idempotencyKey } = call;
    const traceparent = call.trace?.traceparent ?? call.traceparent;
    if (request.operation !== 'chat' || wire.dialect === 'internal') return refusal;
    const { gatehouse: _options, ...body } = wire.body;
    const { dialect, headers } = wire;
    const { job } = await this.intake.submit(caller, {
      type: 'completion',
      input: { dialect, body, ...(dialect === 'anthropic-messages' && { headers }) },
      priority: 0,
      runAt: refusal.facts.roomAt,
      ttlSeconds: this.config.jobs.maxTtlSeconds,
      funded: false,
      ...(user !== undefined && { user }),
      ...(session !== undefined && { session }),
      ...(tags && { tags }),
      ...(cacheIntent && { cache: cacheIntent }),
      ...(validation && { validation }),
      ...(complexity && { complexity }),
      ...(traceparent !== undefined && { traceparent }),
      ...(idempotencyKey !== undefined && { idempotencyKey: `call:${idempotencyKey}` }),
    });
    const { code, message, facts } = refusal;
    return new GatewayError(code, `${message} It is queued as job ${job.id}, not before ${job.runAt.toISOString()}.`, {
      ...facts,
      details: { ...facts.details, job_id: job.id, job_run_at: job.runAt.toISOString() },
    });
  }
}
