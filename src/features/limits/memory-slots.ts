import type { JsonObject } from '../../contract/json';
import { ConcurrencySlots, slotsTaken, type Release, type Seat } from './concurrency-slots';

/** Counts the calls of this process. */
export class MemorySlots extends ConcurrencySlots {
  private readonly taken = new Map<string, number>();
  private calls = 0;

  override acquire(seats: readonly Seat[]): Release {
    const full = seats.find(({ counter, limit }) => (this.taken.get(counter) ?? 0) >= limit);
    if (full) throw slotsTaken(full);
    for (const { counter } of seats) this.taken.set(counter, (this.taken.get(counter) ?? 0) + 1);
    this.calls++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.calls--;
      for (const { counter } of seats) this.giveBack(counter);
    };
  }

  override state(): readonly JsonObject[] {
    return [{ scope: 'process', keys: this.taken.size, calls: this.calls }];
  }

  /** How many counters have a slot taken. */
  get size(): number {
    return this.taken.size;
  }

  private giveBack(counter: string): void {
    const left = (this.taken.get(counter) ?? 1) - 1;
    if (left) this.taken.set(counter, left);
    else this.taken.delete(counter);
  }
}
