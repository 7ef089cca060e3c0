import { Injectable } from '@nestjs/common';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { GatewayError } from '../../contract/errors';
import { passing } from '../../contract/passing';
import type { Piece, Reply } from '../../contract/reply';
import type { TimeoutPolicy } from '../../platform/config/policies';
import { isContent } from './is-content';
import { Policies } from './policies';

/** Ends a provider call that does not get going, falls silent, or takes longer than the whole call may. */
@Injectable()
export class TimeoutInterceptor extends CallInterceptor {
  constructor(private readonly policies: Policies) {
    super();
  }

  override async intercept(attempt: Attempt, next: Send): Promise<Reply> {
    const watch = new Watch(attempt, this.policies.of(attempt.candidate, attempt.tenant).timeout);
    try {
      const reply = await next({ ...attempt, signal: watch.signal });
      return { ...reply, pieces: watched(reply.pieces, watch) };
    } catch (error) {
      watch.stop();
      throw watch.reason ?? error;
    }
  }
}

function watched(pieces: AsyncIterable<Piece>, watch: Watch): AsyncIterable<Piece> {
  return passing(pieces, {
    asked: () => watch.resume(),
    piece: (piece) => watch.pause(piece),
    ended: () => watch.stop(),
    failed: (error) => {
      watch.stop();
      return watch.reason ?? error;
    },
    left: () => watch.stop(),
  });
}

/** One timer for a provider call: whichever of its deadlines is next. It stands still while the reader is busy. */
class Watch {
  /** Why the call was ended, when one of the deadlines did it. */
  reason: GatewayError | undefined;
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly startedAt = performance.now();
  private readonly beginAt: number;
  private answered = false;
  private readonly follow = (): void => this.controller.abort(this.attempt.signal.reason);

  constructor(
    private readonly attempt: Attempt,
    private readonly policy: TimeoutPolicy,
  ) {
    // an answer that is not streamed begins when it is complete
    const beginMs = attempt.request.stream ? policy.firstTokenMs : policy.answerMs;
    this.beginAt = Math.min(this.startedAt + beginMs, attempt.answerBy);
    if (attempt.signal.aborted) this.follow();
    else attempt.signal.addEventListener('abort', this.follow);
    this.resume();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  pause(piece: Piece): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.answered ||= piece.events.some(isContent);
  }

  resume(): void {
    if (this.timer) return;
    const now = performance.now();
    const next = this.answered ? now + this.policy.idleMs : this.beginAt;
    const total = next >= this.attempt.deadlineAt;
    this.timer = setTimeout(() => this.expire(total), Math.max(0, Math.min(next, this.attempt.deadlineAt) - now));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.attempt.signal.removeEventListener('abort', this.follow);
  }

  private expire(total: boolean): void {
    const what = total
      ? 'The call did not finish within its deadline'
      : this.answered
        ? `The provider fell silent for ${this.policy.idleMs} ms`
        : `The provider did not begin to answer within ${Math.round(this.beginAt - this.startedAt)} ms`;
    // a caller in a hurry is not the provider's fault
    const blame = total && this.attempt.hurried ? {} : ({ blame: 'provider' } as const);
    this.reason = new GatewayError('deadline_exceeded', what, blame);
    this.controller.abort(this.reason);
  }
}
