/** A window is counted in so many slots; one more is kept, as the oldest lies only partly within the window. */
export const SLOTS = 60;
export const KEPT = SLOTS + 1;

/**
 * What was counted lately, slot by slot. A slot counts as a whole as long as any of it lies within the window: so never more
 * than a limit is let through in any window, wherever it begins, and what was counted weighs on for a sixtieth of the window
 * (1.7 %) too long at most. Slots have numbers, growing with time.
 */
export class Ring {
  private readonly amounts = new Float64Array(KEPT);
  private sum = 0;

  /** @param head the slot that time has reached */
  constructor(private head: number) {}

  /** What counts now. */
  get total(): number {
    return this.sum;
  }

  /** Forgets what no longer counts. Time never runs back: an earlier slot changes nothing. */
  advance(slot: number): void {
    if (slot <= this.head) return;
    if (slot - this.head >= KEPT) {
      this.amounts.fill(0);
      this.sum = 0;
    } else
      for (let gone = this.head + 1; gone <= slot; gone++) {
        this.sum -= this.amounts[gone % KEPT] as number;
        this.amounts[gone % KEPT] = 0;
      }
    this.head = slot;
  }

  /** @returns the slot in which it counts */
  add(amount: number): number {
    this.amounts[this.head % KEPT]! += amount;
    this.sum += amount;
    return this.head;
  }

  /** Takes back what was added to a slot; nothing where it no longer counts. */
  takeBack(slot: number, amount: number): void {
    if (slot <= this.head - KEPT || slot > this.head) return;
    const taken = Math.min(amount, this.amounts[slot % KEPT] as number);
    this.amounts[slot % KEPT]! -= taken;
    this.sum -= taken;
  }

  /** The first slot in which `amount` of what counts now does no more. */
  freeAt(amount: number): number {
    let freed = 0;
    for (let slot = this.head - KEPT + 1; slot <= this.head; slot++) {
      freed += this.amounts[((slot % KEPT) + KEPT) % KEPT] as number;
      if (freed >= amount) return slot + KEPT;
    }
    return this.head + KEPT;
  }
}
