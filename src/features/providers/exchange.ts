import type { Dispatcher } from 'undici';
import { AnswerBody } from './answer-body';

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

export interface Answer {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/**
 * One exchange with a provider, without the streams and events that the pool's own `request` puts around each answer.
 * @returns once the headers are there; what goes wrong afterwards is thrown to whoever reads the body, however late that is
 * @throws what the pool throws, or the signal's reason
 */
export function exchange(pool: Dispatcher, options: Dispatcher.DispatchOptions, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    pool.dispatch(options, new AnswerHandler(signal, resolve, reject));
  });
}

class AnswerHandler implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private body: AnswerBody | undefined;

  constructor(
    private readonly signal: AbortSignal,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    signal.addEventListener('abort', this.leave);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal.aborted) this.leave();
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number, headers: Headers): void {
    // 103 and its kin say nothing that anybody waits for
    if (statusCode < 200) return;
    this.body = new AnswerBody(controller);
    this.resolve({ statusCode, headers, body: this.body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.body?.push(chunk);
  }

  onResponseEnd(): void {
    this.signal.removeEventListener('abort', this.leave);
    this.body?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.signal.removeEventListener('abort', this.leave);
    this.fail(error);
  }

  /** Whoever waits is told at once, also where the request still waits for a connection. */
  private readonly leave = (): void => {
    this.fail(this.signal.reason);
    this.controller?.abort(this.signal.reason as Error);
  };

  private fail(error: unknown): void {
    if (this.body) this.body.fail(error);
    else this.reject(error);
  }
}
