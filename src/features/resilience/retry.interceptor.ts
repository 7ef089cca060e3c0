import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { blameFor, GatewayError } from '../../contract/errors';
import type { Reply } from '../../contract/reply';
import { EventBus } from '../../platform/events/event-bus';
import type { RetryPolicy } from '../../platform/config/policies';
import { backoffMs } from './backoff';
import { Latencies } from './latencies';
import { Policies } from './policies';
import { primed } from './prime';
import { restated } from './restated';
import { RetryBudget } from './retry-budget';

/** Asks again when a provider fails before its first content; never after, for the caller may have seen it. */
@Injectable()
export class RetryInterceptor extends CallInterceptor {
  private readonly budget = new RetryBudget();

  constructor(
    private readonly policies: Policies,
    private readonly events: EventBus,
    private readonly latencies: Latencies,
  ) {
    super();
  }

  override async intercept(attempt: Attempt, next: Send): Promise<Reply> {
    const { candidate, tenant, signal } = attempt;
    const { provider, model } = candidate;
    const { retry } = this.policies.of(candidate, tenant);
    this.budget.called(`${provider}/${model}`);
    for (let number = 1; ; number++) {
      const started = performance.now();
      try {
        const reply = await primed(await next(attempt));
        this.finished(attempt, started);
        return { ...reply, attempts: number };
      } catch (error) {
        const failure = GatewayError.from(error);
        this.finished(attempt, started, failure);
        const delayMs = number < retry.attempts ? waitBefore(number, failure, attempt, retry) : undefined;
        if (delayMs === undefined || !this.affords(attempt, failure, retry))
          throw restated(failure, { attempts: number });
        this.events.emit('retry.scheduled', { provider, model, attempt: number + 1, delayMs, code: failure.code });
        await sleep(delayMs, undefined, { signal }).catch(() => {
          throw restated(signal.reason instanceof GatewayError ? signal.reason : failure, { attempts: number });
        });
      }
    }
  }

  private affords({ candidate: { provider, model } }: Attempt, { code }: GatewayError, retry: RetryPolicy): boolean {
    const allowed = this.budget.allows(`${provider}/${model}`, retry);
    if (!allowed) this.events.emit('retry.denied', { provider, model, code });
    return allowed;
  }

  private finished({ candidate, key, request, tried }: Attempt, started: number, failure?: GatewayError): void {
    const { provider, model } = candidate;
    const code = failure?.code;
    const usage = failure?.facts.usage;
    const ms = performance.now() - started;
    // counting says nothing of how long an answer takes
    if (code === undefined && request.operation !== 'count_tokens')
      this.latencies.observe(candidate, request.stream, ms);
    tried({ provider, model, key: key?.index, code, ms, ...(usage && { usage }) });
    this.events.emit('attempt.finished', { provider, model, ok: code === undefined, code, ms });
  }
}

/** Milliseconds to wait before repetition `n`; undefined when repeating is unsafe, useless or too late. */
function waitBefore(n: number, failure: GatewayError, attempt: Attempt, retry: RetryPolicy): number | undefined {
  if (attempt.once || attempt.signal.aborted || !isTransient(failure, attempt)) return undefined;
  const waitMs = backoffMs(n, failure.facts.retryAfter, retry);
  if (waitMs === undefined || (attempt.alternatives.length && waitMs > retry.yieldMs)) return undefined;
  return performance.now() + waitMs < Math.min(attempt.deadlineAt, attempt.answerBy) ? waitMs : undefined;
}

/** A fault of the moment: the same request, asked with the same key, may well be answered. */
function isTransient(failure: GatewayError, { key }: Attempt): boolean {
  switch (failure.code) {
    case 'provider_failed':
    case 'overloaded':
      return blameFor(failure) === 'provider';
    case 'rate_limited':
      // with a spare key nobody has to wait
      return blameFor(failure) !== 'caller' && !key?.spare;
    default:
      return false;
  }
}
