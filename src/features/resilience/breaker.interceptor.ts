import { Injectable } from '@nestjs/common';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { blameFor, GatewayError } from '../../contract/errors';
import type { Piece, Reply } from '../../contract/reply';
import { Breakers, type Permit } from './breakers';
import type { CallOutcome } from './circuit-breaker';
import { Policies } from './policies';

/** A call ends at its deadline; who has not said so by then never will. */
const GRACE_MS = 1_000;

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
    const { candidate, tenant, deadlineAt, signal } = attempt;
    if (!this.policies.of(candidate, tenant).breaker.enabled) return next(attempt);
    const admitted = this.breakers.admit(candidate, Math.max(0, deadlineAt - performance.now()) + GRACE_MS);
    const permit = admitted instanceof Promise ? await admitted : admitted;
    let reply: Reply;
    try {
      reply = await next(attempt);
    } catch (error) {
      permit.ended(isFailure(error, signal) ? 'failure' : 'ignored');
      throw error;
    }
    permit.began();
    const pieces = new Watched(reply.pieces[Symbol.asyncIterator](), permit, signal);
    return { ...reply, pieces: { [Symbol.asyncIterator]: () => pieces } };
  }
}

/** The fault of the caller or of a key says nothing about the provider, nor does what breaks when the caller leaves. */
function isFailure(error: unknown, signal: AbortSignal): boolean {
  return !signal.aborted && blameFor(GatewayError.from(error)) === 'provider';
}

/** An answer that has begun is a success, unless the provider breaks it. */
class Watched implements AsyncIterator<Piece> {
  private open = true;

  constructor(
    private readonly pieces: AsyncIterator<Piece>,
    private readonly permit: Permit,
    private readonly signal: AbortSignal,
  ) {}

  async next(): Promise<IteratorResult<Piece>> {
    try {
      const result = await this.pieces.next();
      // one that simply stops was broken off
      if (result.done) this.end(this.signal.aborted ? 'success' : 'failure');
      else if (result.value.events.at(-1)?.type === 'end') this.end('success');
      return result;
    } catch (error) {
      this.end(isFailure(error, this.signal) ? 'failure' : 'success');
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
