import type { JsonObject } from '../../contract/json';
import { ConcurrencySlots, slotsTaken, type Release } from './concurrency-slots';

/** Counts the calls of this process. */
export class MemorySlots extends ConcurrencySlots {
  private readonly taken = new Map<string, number>();

  override acquire(keyId: string, limit: number): Release {
    const taken = this.taken.get(keyId) ?? 0;
    if (taken >= limit) throw slotsTaken(limit);
    this.taken.set(keyId, taken + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.taken.get(keyId) ?? 1) - 1;
      if (left) this.taken.set(keyId, left);
      else this.taken.delete(keyId);
    };
  }

  override state(): readonly JsonObject[] {
    const calls = [...this.taken.values()].reduce((sum, taken) => sum + taken, 0);
    return [{ scope: 'process', keys: this.taken.size, calls }];
  }

  /** How many keys hold a slot. */
  get size(): number {
    return this.taken.size;
  }
}
