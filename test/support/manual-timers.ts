import type { Timers } from '../../src/features/resilience/fair-semaphore';

/** Time that passes when the test says so. */
export class ManualTimers implements Timers {
  private time = 0;
  private readonly waiting = new Set<{ readonly at: number; readonly fire: () => void }>();

  /** Timers that neither fired nor were cancelled. */
  get pending(): number {
    return this.waiting.size;
  }

  readonly now = (): number => this.time;

  after(ms: number, fire: () => void): () => void {
    const timer = { at: this.time + ms, fire };
    this.waiting.add(timer);
    return () => void this.waiting.delete(timer);
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.waiting].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.time = due.at;
      this.waiting.delete(due);
      due.fire();
    }
    this.time = end;
  }
}
