import { Injectable } from '@nestjs/common';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import type { Candidate } from '../../contract/call';
import { GatewayError } from '../../contract/errors';
import type { Reply } from '../../contract/reply';
import { EventBus } from '../../platform/events/event-bus';
import { Course } from './course';
import { Policies } from './policies';

/**
 * Turns to the next model when one fails through no fault of the caller; never after the first content. All of them share
 * one deadline: while another is left, a model gets half of the time that remains.
 */
@Injectable()
export class FallbackInterceptor extends CallInterceptor {
  constructor(
    private readonly policies: Policies,
    private readonly events: EventBus,
  ) {
    super();
  }

  override async intercept(attempt: Attempt, next: Send): Promise<Reply> {
    const { enabled, models } = this.policies.of(attempt.candidate, attempt.tenant).fallback;
    const candidates = enabled ? [attempt.candidate, ...attempt.alternatives] : [attempt.candidate];
    const course = new Course(attempt);
    for (const [i, candidate] of candidates.entries()) {
      if (i) this.taken(candidates[i - 1], candidate, course);
      const alternatives = course.asked + 1 < models ? candidates.slice(i + 1) : [];
      const answerBy = alternatives.length ? halfTime(attempt) : attempt.answerBy;
      try {
        const reply = await next({ ...attempt, candidate, alternatives, answerBy, tried: course.tried });
        const attempts = Math.max(course.attempts, reply.attempts);
        return i ? { ...reply, attempts, degraded: reply.degraded ?? 'fallback' } : { ...reply, attempts };
      } catch (error) {
        course.failed(GatewayError.from(error));
      }
      if (course.asked >= models || course.isOver) break;
    }
    throw course.refusal();
  }

  private taken(from: Candidate, to: Candidate, { last }: Course): void {
    if (last) this.events.emit('fallback.taken', { from: nameOf(from), to: nameOf(to), code: last.code });
  }
}

function halfTime({ answerBy, deadlineAt }: Attempt): number {
  const now = performance.now();
  return Math.min(answerBy, now + (deadlineAt - now) / 2);
}

function nameOf({ provider, model }: Candidate): string {
  return `${provider}/${model}`;
}
