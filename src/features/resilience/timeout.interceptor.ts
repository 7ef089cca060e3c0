import { Injectable } from '@nestjs/common';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { GatewayError } from '../../contract/errors';
import type { Piece, Reply } from '../../contract/reply';
import { Config } from '../../platform/config/config';
import type { Deadlines } from '../../platform/config/settings';

/** Ends a provider call that does not get going, falls silent, or takes longer than the whole call may. */
@Injectable()
export class TimeoutInterceptor extends CallInterceptor {
  private readonly deadlines: ReadonlyMap<string, Deadlines>;

  constructor(config: Config) {
    super();
    this.deadlines = new Map(config.providers.map(({ name, deadlines }) => [name, deadlines]));
  }

  override async intercept(attempt: Attempt, next: Send): Promise<Reply> {
    const deadlines = this.deadlines.get(attempt.candidate.provider);
    if (!deadlines) throw new Error(`no deadlines for provider ${attempt.candidate.provider}`);
    const watch = new Watch(attempt, deadlines);
    try {
      const reply = await next({ ...attempt, signal: watch.signal });
      return { ...reply, pieces: watched(reply.pieces, watch) };
    } catch (error) {
      watch.stop();
      throw watch.reason ?? error;
    }
  }
}

async function* watched(pieces: AsyncIterable<Piece>, watch: Watch): AsyncGenerator<Piece> {
  try {
    for await (const piece of pieces) {
      watch.pause(piece);
      yield piece;
      watch.resume();
    }
  } catch (error) {
    throw watch.reason ?? error;
  } finally {
    watch.stop();
  }
}

/** One timer for a provider call: whichever of its deadlines is next. It stands still while the reader is busy. */
class Watch {
  /** Why the call was ended, when one of the deadlines did it. */
  reason: GatewayError | undefined;
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly firstTokenAt: number;
  private answered = false;
  private readonly follow = (): void => this.controller.abort(this.attempt.signal.reason);

  constructor(
    private readonly attempt: Attempt,
    private readonly deadlines: Deadlines,
  ) {
    // an answer that is not streamed begins when it is complete
    this.firstTokenAt = attempt.request.stream ? performance.now() + deadlines.firstTokenMs : attempt.deadlineAt;
    if (attempt.signal.aborted) this.follow();
    else attempt.signal.addEventListener('abort', this.follow);
    this.resume();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  pause(piece: Piece): void {
    clearTimeout(this.timer);
    this.answered ||= piece.events.some(({ type }) => type !== 'start');
  }

  resume(): void {
    clearTimeout(this.timer);
    const now = performance.now();
    const next = this.answered ? now + this.deadlines.idleMs : this.firstTokenAt;
    const last = next >= this.attempt.deadlineAt;
    this.timer = setTimeout(() => this.expire(last), Math.max(0, Math.min(next, this.attempt.deadlineAt) - now));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.attempt.signal.removeEventListener('abort', this.follow);
  }

  private expire(total: boolean): void {
    const { idleMs, firstTokenMs } = this.deadlines;
    const what = total
      ? 'The call did not finish within its deadline'
      : this.answered
        ? `The provider fell silent for ${idleMs} ms`
        : `The provider did not begin to answer within ${firstTokenMs} ms`;
    this.reason = new GatewayError('deadline_exceeded', what);
    this.controller.abort(this.reason);
  }
}
