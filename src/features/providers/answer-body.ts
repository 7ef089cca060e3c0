import type { Dispatcher } from 'undici';

/** Bytes that may wait to be read; the provider sends no more while there are more. */
const MOST_WAITING = 65_536;
const OVER = { done: true, value: undefined } as const;

interface Reader {
  readonly resolve: (result: IteratorResult<Buffer, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The bytes of an answer, for one reader who asks one time after the other: what came together is read together.
 * Who stops early ends the exchange.
 */
export class AnswerBody implements AsyncIterableIterator<Buffer, undefined> {
  private chunks: Buffer[] = [];
  private waiting = 0;
  private reader: Reader | undefined;
  private woken = false;
  private over = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly controller: Pick<Dispatcher.DispatchController, 'pause' | 'resume' | 'abort'>) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(chunk: Buffer): void {
    if (this.over || this.failure) return;
    this.chunks.push(chunk);
    this.waiting += chunk.length;
    if (this.waiting > MOST_WAITING) this.controller.pause();
    this.wake();
  }

  end(): void {
    this.over = true;
    this.wake();
  }

  /** What came before is still read. */
  fail(error: unknown): void {
    if (this.over) return;
    this.failure ??= { error };
    this.wake();
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    return new Promise((resolve, reject) => {
      this.reader = { resolve, reject };
      this.hand();
    });
  }

  return(): Promise<IteratorResult<Buffer, undefined>> {
    this.chunks = [];
    if (!this.over && !this.failure) {
      this.over = true;
      this.controller.abort(new Error('nobody reads the answer to its end'));
    }
    return Promise.resolve(OVER);
  }

  /** Not at once: the network often delivers several chunks in one go. */
  private wake(): void {
    if (!this.reader || this.woken) return;
    this.woken = true;
    queueMicrotask(() => {
      this.woken = false;
      this.hand();
    });
  }

  private hand(): void {
    const { reader } = this;
    if (!reader) return;
    if (this.chunks.length) reader.resolve({ done: false, value: this.take() });
    else if (this.failure) reader.reject(this.failure.error);
    else if (this.over) reader.resolve(OVER);
    else return;
    this.reader = undefined;
  }

  private take(): Buffer {
    const { chunks, waiting } = this;
    this.chunks = [];
    this.waiting = 0;
    // more may be pushed before it returns
    if (waiting > MOST_WAITING) this.controller.resume();
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, waiting);
  }
}
