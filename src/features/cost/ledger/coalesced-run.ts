/**
 * Work that many ask for and that one run of does for all who asked before it began. Whoever asks while one is under way waits
 * for the next: what it wants done may be newer than the run.
 */
export class CoalescedRun {
  private current: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  get busy(): boolean {
    return this.current !== undefined;
  }

  /** Resolves when a run that began after this moment is over. */
  run(): Promise<void> {
    if (!this.current) return this.begin();
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.begin();
      });
    return this.next;
  }

  private begin(): Promise<void> {
    const run = this.work().finally(() => {
      if (this.current === run) this.current = undefined;
    });
    this.current = run;
    return run;
  }
}
