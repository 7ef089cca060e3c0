/** What one side puts in whenever it has something, and the other takes out when it has time. */
export class Inbox<T> implements AsyncIterable<T> {
  private readonly items: T[] = [];
  private ended = false;
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  put(item: T): void {
    this.items.push(item);
    this.wake();
  }

  /** Nothing more will come. */
  end(): void {
    this.ended = true;
    this.wake();
  }

  /** Nothing more will come, and what is there is of no use. Only the first reason counts, and none after the end. */
  fail(error: unknown): void {
    if (!this.ended) this.failure ??= { error };
    this.wake();
  }

  /** One reader at a time. @throws what it failed with */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      if (this.failure) throw this.failure.error;
      const item = this.items.shift();
      if (item !== undefined) yield item;
      else if (this.ended) return;
      else await new Promise<void>((wake) => (this.wake = wake));
    }
  }
}
