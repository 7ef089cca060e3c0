/** The queue is full, or the answer took too long. */
export class LookupRefused extends Error {}

/**
 * Lets a few lookups run at a time and some more wait, so that a flood of unknown keys takes neither memory nor every
 * connection to the database. A lookup that outlives its deadline keeps its place until it has really ended.
 */
export class LookupQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly parallel: number,
    private readonly places: number,
    private readonly deadlineMs: number,
  ) {}

  run<T>(lookup: () => Promise<T>): Promise<T> {
    if (this.waiting.length >= this.places)
      return Promise.reject(new LookupRefused('too many keys are being looked up'));
    return new Promise<T>((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(new LookupRefused(`no answer within ${this.deadlineMs} ms`));
      }, this.deadlineMs);
      const start = (): void => {
        if (late) return this.next();
        this.running++;
        lookup()
          .then(resolve, reject)
          .finally(() => {
            clearTimeout(timer);
            this.running--;
            this.next();
          });
      };
      if (this.running < this.parallel) start();
      else this.waiting.push(start);
    });
  }

  private next(): void {
    if (this.running < this.parallel) this.waiting.shift()?.();
  }
}
