import type { RuleSet } from './rules/rules';

const UNKNOWN = -1;
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
/** Words that give a text away that is written in rot13 or from right to left. */
const TELLTALES = `ignore previous instructions prompt system disregard reveal password secret forget rules override
  ignora instrucoes instrucciones anteriores sistema senha regras reglas`.split(/\s+/);

/** Every word that a rule knows, by number. */
export class Vocabulary {
  private readonly ids = new Map<string, number>();
  readonly rotated = new Set(TELLTALES.map(rot13));
  readonly reversed = new Set(TELLTALES.map(reverse));

  /** @returns the number of a word, new or not */
  add(word: string): number {
    const id = this.ids.get(word) ?? this.ids.size;
    this.ids.set(word, id);
    return id;
  }

  get size(): number {
    return this.ids.size;
  }

  /** @returns -1 for a word that no rule mentions */
  idOf(word: string): number {
    return this.ids.get(word) ?? UNKNOWN;
  }

  /** The word that was meant by one with digits among its letters; -1 when there is none. */
  unleet(word: string): number {
    if (word.length < 4 || word.length > LONGEST) return UNKNOWN;
    const plain = word.replace(SUBSTITUTE, (sign) => LEET[sign] ?? sign);
    const id = this.idOf(plain);
    if (id !== UNKNOWN || !word.includes('1')) return id;
    return this.idOf(word.replaceAll('1', 'l').replace(SUBSTITUTE, (sign) => LEET[sign] ?? sign));
  }

  /**
   * Splits words that were run together, longest first.
   * @returns the words that were recognised with their places; none when they do not cover most of the text
   */
  split(glued: string): readonly { readonly id: number; readonly start: number; readonly end: number }[] {
    const found: { id: number; start: number; end: number }[] = [];
    const spare = glued.length * (1 - COVERED);
    let missed = 0;
    for (let at = 0; at < glued.length;) {
      let length = Math.min(LONGEST, glued.length - at);
      while (length > 1 && !this.ids.has(glued.slice(at, at + length))) length--;
      if (length > 1) {
        found.push({ id: this.idOf(glued.slice(at, at + length)), start: at, end: at + length });
      } else if (++missed > spare) return [];
      at += length;
    }
    return found;
  }
}

/** Words that phrases are made of besides those of the lexicons; they help to tell run-together words apart. */
export function vocabularyOf({ lexicons }: Pick<RuleSet, 'lexicons'>): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const lexicon of Object.values(lexicons))
    for (const words of Object.values(lexicon)) for (const word of words) vocabulary.add(word);
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
