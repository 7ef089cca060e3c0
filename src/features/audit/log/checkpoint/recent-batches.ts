interface Recent {
  readonly index: number;
  readonly leaf: Buffer;
  readonly at: number;
}

const KEPT = 65_536;

/** Own entries that no checkpoint covers yet: one of each batch, and when it was written. */
export class RecentBatches {
  private waiting: Recent[] = [];

  add(index: number, leaf: Buffer, at = Date.now()): void {
    if (this.waiting.length < KEPT) this.waiting.push({ index, leaf, at });
  }

  /** Those that a tree of that size covers; they are forgotten by `covered`. */
  under(size: number): readonly Recent[] {
    const end = this.waiting.findIndex(({ index }) => index >= size);
    return end < 0 ? this.waiting : this.waiting.slice(0, end);
  }

  covered(size: number): void {
    this.waiting = this.waiting.filter(({ index }) => index >= size);
  }

  /** For how long the oldest has been waiting, in milliseconds. */
  age(now = Date.now()): number {
    return this.waiting[0] ? Math.max(0, now - this.waiting[0].at) : 0;
  }
}
