interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Too many are waiting. */
export class BatchesFullError extends Error {}

const AT_ONCE = 2;

/**
 * Does the same thing for many at once: what is asked for in one turn of the event loop, or while others are under way, is
 * one batch. No timer ever waits for a batch to fill.
 */
export class Batches<T, R> {
  private readonly queue: Waiting<T, R>[] = [];
  private running = 0;
  private soon = false;

  /**
   * @param work a result for each item, in order; an `Error` is the failure of that item alone
   * @param places how many may wait
   */
  constructor(
    private readonly work: (items: readonly T[]) => Promise<readonly (R | Error)[]>,
    private readonly size = 500,
    private readonly places = 20_000,
  ) {}

  add(item: T): Promise<R> {
    if (this.queue.length >= this.places)
      return Promise.reject(new BatchesFullError(`${this.queue.length} are waiting for keys`));
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject });
      if (this.soon || this.running >= AT_ONCE) return;
      this.soon = true;
      setImmediate(() => {
        this.soon = false;
        this.next();
      });
    });
  }

  private next(): void {
    while (this.queue.length && this.running < AT_ONCE) {
      this.running++;
      void this.run(this.queue.splice(0, this.size)).finally(() => {
        this.running--;
        this.next();
      });
    }
  }

  private async run(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.work(batch.map(({ item }) => item));
      for (const [i, { resolve, reject }] of batch.entries()) {
        const result = results[i];
        if (result instanceof Error) reject(result);
        else resolve(result as R);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
