import type { RuleSet } from './rules/rules';

/** The number of words that no rule mentions. */
export const UNKNOWN = -1;
const LONGEST = 18;
/** The part of run-together letters that must be words of the rules. */
const COVERED = 0.7;
/** Digits and signs that stand for letters; `1` may be either of two. */
const LEET: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
  '@': 'a',
  $: 's',
};
const SUBSTITUTE = /[0134578@$]/g;
const LETTER = /[a-z]/;
/** Shorter words would give away too much that is written as it should be. */
const TELLTALE = 5;
/** Pronouns that Spanish hangs on its imperatives: "muéstrame", "pégalas". */
const PRONOUNS = 'me lo la los las le les nos melo mela melos melas'.split(' ');
/** Words that no rule needs, and that stand between those that do. */
const SMALL_WORDS = new Set(
  `the of to and in is it that for on was as with be by at have from or had but what can out other were which do their if will how
  an she he they we my me no so up about who get just now like could would should may these into them there here where more some
  could exactly really job give take make see say go mind list sentence complete line page word letter number
  que os as um uma com por mais dos das nos nas ao aos eu ela ele isso esta este foi ser tem mas como para quem
  el la los las un una con por mas del al yo ella esto este fue ser tiene pero como quien lo se le su te me mi`.split(
    /\s+/,
  ),
);

/** Every word that a rule knows, by number. */
export class Vocabulary {
  private readonly ids = new Map<string, number>();
  private count = 0;
  /** Words in rot13, and from right to left: they give away a text that is written so. */
  readonly rotated = new Set<string>();
  readonly reversed = new Set<string>();

  /** @returns the number of a word, new or not */
  add(word: string): number {
    const id = this.ids.get(word) ?? this.count++;
    this.ids.set(word, id);
    if (word.length >= TELLTALE) {
      this.rotated.add(rot13(word));
      this.reversed.add(reverse(word));
    }
    return id;
  }

  /** Another way to write a word; a word that is known already stays what it is. */
  alias(word: string, of: number): void {
    if (!this.ids.has(word)) this.ids.set(word, of);
  }

  get size(): number {
    return this.count;
  }

  /** All words with their numbers. */
  get words(): ReadonlyMap<string, number> {
    return this.ids;
  }

  /** @returns -1 for a word that no rule mentions */
  idOf(word: string): number {
    return this.ids.get(word) ?? UNKNOWN;
  }

  /** The word that was meant by one with digits among its letters; -1 when there is none. */
  unleet(word: string): number {
    if (word.length < 2 || word.length > LONGEST || !LETTER.test(word)) return UNKNOWN;
    const plain = word.replace(SUBSTITUTE, (sign) => LEET[sign] ?? sign);
    const id = this.idOf(plain);
    if (id !== UNKNOWN || !word.includes('1')) return id;
    return this.idOf(word.replaceAll('1', 'l').replace(SUBSTITUTE, (sign) => LEET[sign] ?? sign));
  }

  /**
   * Splits words that were run together so that words, long ones before short ones, cover as much as they can.
   * @returns the words that were recognised with their places; none when they do not cover most of the text
   */
  split(glued: string): readonly { readonly id: number; readonly start: number; readonly end: number }[] {
    const length = glued.length;
    const best = new Int32Array(length + 1);
    const taken = new Uint8Array(length);
    for (let at = length - 1; at >= 0; at--) {
      best[at] = best[at + 1] as number;
      for (let size = Math.min(LONGEST, length - at); size > 1; size--) {
        const worth = (best[at + size] as number) + size * size;
        if (worth <= (best[at] as number) || !this.isWord(glued.slice(at, at + size))) continue;
        best[at] = worth;
        taken[at] = size;
      }
    }
    const found: { id: number; start: number; end: number }[] = [];
    let missed = 0;
    for (let at = 0; at < length;) {
      const size = taken[at] as number;
      if (size) found.push({ id: this.idOf(glued.slice(at, at + size)), start: at, end: at + size });
      else missed++;
      at += size || 1;
    }
    return missed > length * (1 - COVERED) ? [] : found;
  }

  private isWord(word: string): boolean {
    return this.ids.has(word) || SMALL_WORDS.has(word);
  }
}

/** Words that phrases are made of besides those of the lexicons; they help to tell run-together words apart. */
export function vocabularyOf({ lexicons }: Pick<RuleSet, 'lexicons'>): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const lexicon of Object.values(lexicons))
    for (const words of Object.values(lexicon)) for (const word of words) vocabulary.add(word);
  for (const words of Object.values(lexicons.es))
    for (const word of words)
      if (/[aei]$/.test(word)) for (const pronoun of PRONOUNS) vocabulary.alias(word + pronoun, vocabulary.add(word));
  return vocabulary;
}

export function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

export function reverse(text: string): string {
  return Array.from(text).reverse().join('');
}
