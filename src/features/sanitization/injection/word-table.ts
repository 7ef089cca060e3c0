/** Slots for each word: few words then meet another on their way. */
const ROOM = 4;

/**
 * What is known of words, found where they stand in a text. A map would need each word of the text as a string of its own, which
 * costs more than all else that is done with most words: nobody knows them.
 */
export class WordTable<T> {
  private readonly slots: Int32Array;
  private readonly words: readonly string[];
  private readonly hashes: Int32Array;
  private readonly values: readonly T[];

  constructor(known: ReadonlyMap<string, T>) {
    this.words = [...known.keys()];
    this.values = [...known.values()];
    this.hashes = Int32Array.from(this.words, (word) => hashOf(word, 0, word.length));
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(this.words.length * ROOM + 1))).fill(-1);
    for (const [index, hash] of this.hashes.entries()) {
      let slot = this.slotOf(hash);
      while (this.slots[slot] >= 0) slot = this.slotOf(slot + 1);
      this.slots[slot] = index;
    }
  }

  /** Of the word from `start` to `end`; undefined when nothing is. */
  find(text: string, start: number, end: number): T | undefined {
    const hash = hashOf(text, start, end);
    for (let slot = this.slotOf(hash); ; slot = this.slotOf(slot + 1)) {
      const index = this.slots[slot];
      if (index < 0) return undefined;
      if (this.hashes[index] === hash && stands(this.words[index], text, start, end)) return this.values[index];
    }
  }

  private slotOf(hash: number): number {
    return hash & (this.slots.length - 1);
  }
}

function stands(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== text.charCodeAt(start + i)) return false;
  return true;
}

/** FNV-1a, of code units, with its upper half folded in: slots are told apart by the lower bits. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
