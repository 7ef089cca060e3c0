const APART_MS = 500;
/** What lasts for less is not worth a word. */
const FIRST_MS = 100;

/** Progress is written down after a moment, then at most every half second: the newest counts, and it never goes back. */
export class ProgressReport {
  private waiting: { readonly percent: number; readonly stage: string } | undefined;
  private percent: number;
  private stage = '';
  private timer: NodeJS.Timeout | undefined;
  private writing = false;
  private writtenAt = -APART_MS;
  private closed = false;

  constructor(
    percent: number,
    private readonly write: (percent: number, stage: string) => Promise<void>,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.percent = percent;
  }

  add(percent: number, stage: string): void {
    if (this.closed) return;
    const further = Math.min(100, Math.max(this.percent, Number.isFinite(percent) ? percent : 0));
    if (further === this.percent && stage === this.stage) return;
    this.percent = further;
    this.stage = stage;
    this.waiting = { percent: further, stage: stage.slice(0, 100) };
    this.schedule();
  }

  close(): void {
    this.closed = true;
    this.waiting = undefined;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.timer || this.writing) return;
    const wait = Math.max(FIRST_MS, this.writtenAt + APART_MS - this.clock());
    this.timer = setTimeout(() => void this.flush(), wait);
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    const { waiting } = this;
    if (!waiting) return;
    this.waiting = undefined;
    this.writing = true;
    this.writtenAt = this.clock();
    try {
      await this.write(waiting.percent, waiting.stage);
    } catch {
      // the next one counts
    } finally {
      this.writing = false;
    }
    if (this.waiting) this.schedule();
  }
}
