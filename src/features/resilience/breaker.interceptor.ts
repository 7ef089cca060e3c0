import { Injectable } from '@nestjs/common';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { blameFor, GatewayError } from '../../contract/errors';
import type { Piece, Reply } from '../../contract/reply';
import { Breakers, type Permit } from './breakers';
import type { CallOutcome } from './circuit-breaker';
import { Policies } from './policies';

/** A probe has this long to show that the provider answers; a process that died with one must not block the others for long. */
const PROBE_MS = 30_000;
/** A provider that a caller in a hurry gave less time than this is not judged by it: else one could close it to all. */
const FAIR_MS = 10_000;

/** Asks no model that failed too often a moment ago. What is retried counts once: only how it went in the end. */
@Injectable()
export class BreakerInterceptor extends CallInterceptor {
  constructor(
    private readonly policies: Policies,
    private readonly breakers: Breakers,
  ) {
    super();
  }

  override async intercept(attempt: Attempt, next: Send): Promise<Reply> {
    const { candidate, tenant, deadlineAt } = attempt;
    const askedAt = performance.now();
    if (!this.policies.of(candidate, tenant).breaker.enabled) return next(attempt);
    const admitted = this.breakers.admit(candidate, Math.min(PROBE_MS, Math.max(1, deadlineAt - askedAt)));
    const permit = admitted instanceof Promise ? await admitted : admitted;
    let reply: Reply;
    try {
      reply = await next(attempt);
    } catch (error) {
      permit.ended(isFailure(error, attempt, askedAt) ? 'failure' : 'ignored');
      throw error;
    }
    permit.began();
    const pieces = new Watched(reply.pieces[Symbol.asyncIterator](), permit, attempt, askedAt);
    return { ...reply, pieces: { [Symbol.asyncIterator]: () => pieces } };
  }
}

/** The fault of the caller or of a key says nothing about the provider, nor does what breaks when the caller leaves. */
function isFailure(error: unknown, { signal, hurried }: Attempt, askedAt: number): boolean {
  const failure = GatewayError.from(error);
  // a model that is not there fails at once, and its callers should go on being told so
  if (signal.aborted || blameFor(failure) !== 'provider' || failure.code === 'model_not_found') return false;
  return failure.code !== 'deadline_exceeded' || !hurried || performance.now() - askedAt >= FAIR_MS;
}

/** An answer that has begun is a success, unless the provider breaks it. */
class Watched implements AsyncIterator<Piece> {
  private open = true;

  constructor(
    private readonly pieces: AsyncIterator<Piece>,
    private readonly permit: Permit,
    private readonly attempt: Attempt,
    private readonly askedAt: number,
  ) {}

  async next(): Promise<IteratorResult<Piece>> {
    try {
      const result = await this.pieces.next();
      // one that simply stops was broken off
      if (result.done) this.end(this.attempt.signal.aborted ? 'success' : 'failure');
      else if (result.value.events.at(-1)?.type === 'end') this.end('success');
      return result;
    } catch (error) {
      this.end(isFailure(error, this.attempt, this.askedAt) ? 'failure' : 'success');
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Piece>> {
    this.end('success');
    await this.pieces.return?.();
    return { done: true, value: undefined };
  }

  private end(outcome: CallOutcome): void {
    if (!this.open) return;
    this.open = false;
    this.permit.ended(outcome);
  }
}
