import { Readable } from 'node:stream';

const HIGH_WATER_BYTES = 16_384;

/**
 * A byte stream over chunks that are made one at a time, and only when there is room for them. What `Readable.from` does,
 * with a third of its promises: a stream of tokens is many small chunks.
 */
export class IterableReadable extends Readable {
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(chunks: AsyncIterable<Buffer>) {
    super({ highWaterMark: HIGH_WATER_BYTES });
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  override _read(): void {
    this.chunks.next().then(
      ({ done, value }) => void this.push(done ? null : value),
      (error: unknown) => void this.destroy(error as Error),
    );
  }

  /** Whoever makes the chunks learns that nobody wants them any more. */
  override _destroy(error: Error | null, closed: (error: Error | null) => void): void {
    Promise.resolve(this.chunks.return?.()).then(
      () => closed(error),
      (failure: unknown) => closed(failure as Error),
    );
  }
}
