import { randomFillSync } from 'node:crypto';

const FIRST_SLOTS = 4_096;
const ZERO = 0x30;
const NINE = 0x39;
/** Ten less than the code of `a`. */
const LETTERS = 0x57;

/**
 * Remembers ids in 8 bytes each: the words of a UUID, mixed with numbers that nobody else knows. Whoever makes a bundle could
 * otherwise choose ids that all belong into one slot, and have each compared with all others.
 */
export class EntryIds {
  private readonly secret = randomFillSync(new Uint32Array(4));
  /** Pairs of words; 0, 0 is an empty one. */
  private slots = new Uint32Array(2 * FIRST_SLOTS);
  private count = 0;

  /** @param id a UUID @returns false when it is there already */
  add(id: string): boolean {
    if (4 * this.count > this.slots.length) this.grow();
    const words = [
      hex(id, 0, 8),
      (hex(id, 9, 13) << 16) | hex(id, 14, 18),
      (hex(id, 19, 23) << 16) | hex(id, 24, 28),
      hex(id, 28, 36),
    ];
    const [a, b, c, d] = this.secret as unknown as readonly [number, number, number, number];
    const [high, low] = [mixed(words, a, b), mixed(words, c, d)];
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

/** @param factor is taken as an odd number */
function mixed(words: readonly number[], start: number, factor: number): number {
  let value = start;
  for (const word of words) {
    value = Math.imul(value ^ word, factor | 1);
    value ^= value >>> 15;
  }
  return value >>> 0;
}

/** At most 8 digits of it, lower case, as 32 bits. */
function hex(id: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const code = id.charCodeAt(at);
    value = (value << 4) | (code <= NINE ? code - ZERO : code - LETTERS);
  }
  return value;
}

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
