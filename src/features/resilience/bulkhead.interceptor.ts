import { Injectable } from '@nestjs/common';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { GatewayError } from '../../contract/errors';
import type { BulkheadRefused } from '../../contract/events';
import type { Reply } from '../../contract/reply';
import { EventBus } from '../../platform/events/event-bus';
import { Bulkheads, type Bulkhead } from './bulkheads';
import { held } from './held-reply';
import { Policies } from './policies';

/** Lets so many calls at a time through to a tenant's, a model's and a provider's share; the others wait, in fairness. */
@Injectable()
export class BulkheadInterceptor extends CallInterceptor {
  constructor(
    private readonly policies: Policies,
    private readonly bulkheads: Bulkheads,
    private readonly events: EventBus,
  ) {
    super();
  }

  override async intercept(attempt: Attempt, next: Send): Promise<Reply> {
    const { tenant, signal } = attempt;
    const patience = { until: Math.min(attempt.answerBy, attempt.deadlineAt), signal };
    const entered: Bulkhead[] = [];
    const leave = (): void => {
      for (let last = entered.pop(); last; last = entered.pop()) this.bulkheads.leave(last, tenant.id);
    };
    try {
      for (const bulkhead of this.of(attempt)) {
        const answer = this.bulkheads.enter(bulkhead, tenant.id, patience);
        // waiting is the exception: most calls are let in without a turn of the event loop
        const entry = typeof answer === 'string' ? answer : await answer;
        if (entry === 'gone') throw hungUp(signal);
        if (entry !== 'entered') throw this.refused(bulkhead, entry);
        entered.push(bulkhead);
      }
      return held(await next(attempt), signal, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** What is scarce for others is held last. */
  private of({ candidate, tenant }: Attempt): Bulkhead[] {
    const { bulkhead: limits } = this.policies.of(candidate, tenant);
    const all: Bulkhead[] = [];
    if (limits.tenant) all.push({ scope: 'tenant', name: tenant.id, limit: limits.tenant });
    if (limits.model)
      all.push({ scope: 'model', name: `${candidate.provider}/${candidate.model}`, limit: limits.model });
    all.push({ scope: 'provider', name: candidate.provider, limit: limits.provider });
    return all;
  }

  private refused({ scope, name, limit }: Bulkhead, reason: BulkheadRefused['reason']): GatewayError {
    this.events.emit('bulkhead.refused', { scope, name, reason });
    const { concurrency, queue, queueMs } = limit;
    const who = scope === 'tenant' ? 'This tenant' : `The ${scope} '${name}'`;
    const why = reason === 'late' ? 'none of them ended in time' : `${queue} more are waiting`;
    const message = `${who} may have ${concurrency} calls under way, and ${why}`;
    // by then whoever waits now has been let in or has left
    const retryAfter = queue ? Math.ceil(queueMs / 1_000) : 1;
    return scope === 'tenant'
      ? new GatewayError('concurrency_limited', message, { retryAfter, blame: 'caller' })
      : new GatewayError('overloaded', message, { retryAfter, blame: 'provider' });
  }
}

function hungUp({ reason }: AbortSignal): GatewayError {
  return reason instanceof GatewayError ? reason : new GatewayError('client_closed', 'The caller went away');
}
