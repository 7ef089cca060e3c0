import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { GatewayError, type ErrorCode } from '../../contract/errors';
import type { Reply } from '../../contract/reply';
import { EventBus } from '../../platform/events/event-bus';
import { backoffMs } from './backoff';
import { Policies } from './policies';
import { primed } from './prime';

/** Faults of the moment. Anything else would fail again. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set(['provider_failed', 'overloaded', 'rate_limited']);

/** Asks again when a provider fails before its first piece; never after, for the caller may have seen it. */
@Injectable()
export class RetryInterceptor extends CallInterceptor {
  constructor(
    private readonly policies: Policies,
    private readonly events: EventBus,
  ) {
    super();
  }

  override async intercept(attempt: Attempt, next: Send): Promise<Reply> {
    for (let number = 1; ; number++) {
      const started = performance.now();
      try {
        const reply = await primed(await next(attempt));
        this.finished(attempt, started);
        return { ...reply, attempts: number };
      } catch (error) {
        const failure = GatewayError.from(error);
        this.finished(attempt, started, failure.code);
        const waitMs = this.wait(failure, number + 1, attempt);
        if (waitMs === undefined) throw withAttempts(failure, number);
        this.events.emit('retry.scheduled', {
          provider: attempt.candidate.provider,
          model: attempt.candidate.model,
          attempt: number + 1,
          delayMs: waitMs,
          code: failure.code,
        });
        await sleep(waitMs, undefined, { signal: attempt.signal }).catch(() => {
          throw withAttempts(failure, number);
        });
      }
    }
  }

  /** Milliseconds until attempt `number`, or undefined when there should be none. */
  private wait(failure: GatewayError, number: number, attempt: Attempt): number | undefined {
    const { signal, deadlineAt } = attempt;
    const { retry } = this.policies.of(attempt.candidate, attempt.tenant);
    if (!TRANSIENT.has(failure.code) || number > retry.attempts || signal.aborted) return undefined;
    const waitMs = backoffMs(number, failure.facts.retryAfter, retry);
    return waitMs !== undefined && performance.now() + waitMs < deadlineAt ? waitMs : undefined;
  }

  private finished({ candidate }: Attempt, started: number, code?: ErrorCode): void {
    this.events.emit('attempt.finished', {
      provider: candidate.provider,
      model: candidate.model,
      ok: code === undefined,
      code,
      ms: performance.now() - started,
    });
  }
}

function withAttempts(failure: GatewayError, attempts: number): GatewayError {
  return new GatewayError(failure.code, failure.message, { ...failure.facts, attempts, cause: failure.facts.cause });
}
