import type { BatchCounts } from '../../features/batches';

const APART_MS = 500;

/** Counts lines, and has that written down at most every half second. */
export class Tally {
  private completed = 0;
  private failed = 0;
  private writtenAt = 0;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly total: number,
    private readonly write: (counts: BatchCounts) => Promise<void>,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** @returns the part that is done, 0 to 1 */
  add(isAnswer: boolean): number {
    if (isAnswer) this.completed++;
    else this.failed++;
    if (!this.writing && this.clock() - this.writtenAt >= APART_MS) void this.flush();
    return (this.completed + this.failed) / this.total;
  }

  /** What is not written down now is soon; whoever puts the files together counts again. */
  async flush(): Promise<void> {
    await this.writing;
    this.writtenAt = this.clock();
    const { total, completed, failed } = this;
    this.writing = this.write({ total, completed, failed })
      .catch(() => undefined)
      .finally(() => (this.writing = undefined));
    await this.writing;
  }
}
