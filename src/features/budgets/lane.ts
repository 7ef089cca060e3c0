/** One batch at a time: what arrives meanwhile is the next batch, in order. No timer ever waits. */
export class Lane<T> {
  private waiting: T[] = [];
  private turn: Promise<void> | undefined;

  /**
   * @param work must not throw
   * @param most items of one batch
   */
  constructor(
    private readonly work: (batch: readonly T[]) => Promise<void>,
    private readonly most: number,
  ) {}

  add(item: T): void {
    this.waiting.push(item);
    this.turn ??= this.run();
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.turn) await this.turn;
  }

  private async run(): Promise<void> {
    // whatever is added in this very moment comes along
    await Promise.resolve();
    while (this.waiting.length) await this.work(this.waiting.splice(0, this.most));
    this.turn = undefined;
  }
}
