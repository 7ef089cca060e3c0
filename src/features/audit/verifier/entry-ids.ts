const FIRST_SLOTS = 4_096;

/** Remembers ids in 8 bytes each: the halves of a UUID folded into one. */
export class EntryIds {
  /** Pairs of words; 0, 0 is an empty one. */
  private slots = new Uint32Array(2 * FIRST_SLOTS);
  private count = 0;

  /** @param id a UUID @returns false when it is there already */
  add(id: string): boolean {
    if (4 * this.count > this.slots.length) this.grow();
    const high = (hex(id.slice(0, 8)) ^ hex(id.slice(19, 23) + id.slice(24, 28))) >>> 0;
    const low = (hex(id.slice(9, 13) + id.slice(14, 18)) ^ hex(id.slice(28))) >>> 0;
    const added = put(this.slots, high, low || 1);
    if (added) this.count++;
    return added;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += 2)
      if (before[at + 1]) put(this.slots, before[at] as number, before[at + 1] as number);
  }
}

const hex = (digits: string): number => Number.parseInt(digits, 16);

function put(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length - 1;
  for (let at = (2 * (high ^ low)) & mask & ~1; ; at = (at + 2) & mask) {
    if (slots[at + 1] === 0) {
      slots[at] = high;
      slots[at + 1] = low;
      return true;
    }
    if (slots[at] === high && slots[at + 1] === low) return false;
  }
}
