/** Longer than any word of a vocabulary. */
const LONGEST = 40;
const WORD = /[\p{L}\p{N}]+/gu;
const ASCII_WORD = /[a-z0-9]+/g;
const ACCENT = /\p{M}/gu;
// eslint-disable-next-line no-control-regex -- it says which characters are plain
const PLAIN = /^[\x00-\x7f]*$/;

/** Finds words and short phrases in a text, whatever their case and accents, in time proportional to its length. */
export class KnownWords {
  /** What may follow a first word. */
  private readonly phrases = new Map<string, (readonly string[])[]>();

  constructor(phrases: readonly string[]) {
    for (const phrase of new Set(phrases)) {
      const [first = '', ...rest] = phrase.split(' ');
      this.phrases.set(first, [...(this.phrases.get(first) ?? []), rest]);
    }
  }

  /** How many different ones a text holds. @param words of `wordsOf` */
  count(words: readonly string[]): number {
    const found = new Set<readonly string[]>();
    for (const [at, word] of words.entries())
      for (const rest of this.phrases.get(word) ?? [])
        if (rest.every((next, i) => words[at + 1 + i] === next)) found.add(rest);
    return found.size;
  }
}

/** The words of a text in lower case and without accents. */
export function wordsOf(text: string): readonly string[] {
  const lower = text.toLowerCase();
  const words = PLAIN.test(lower) ? lower.match(ASCII_WORD) : lower.normalize('NFD').replace(ACCENT, '').match(WORD);
  return (words ?? []).map((word) => (word.length > LONGEST ? '' : word));
}
