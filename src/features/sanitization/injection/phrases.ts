import type { Lexicon, PhraseRule } from './rules/rule';
import type { Tokens } from './tokenise';
import type { Vocabulary } from './vocabulary';

export interface Match {
  readonly rule: number;
  /** Offsets into the normalised text. */
  readonly start: number;
  readonly end: number;
  readonly disguised: boolean;
  /** It neither opens a clause nor goes on with one, and nothing before it in its sentence speaks to whoever reads it. */
  readonly aside: boolean;
}

interface Step {
  /** How many other words may stand before this one. */
  readonly gap: number;
  /** 1 for the number of each word that fits. */
  readonly fits: Uint8Array;
}
interface Phrase {
  readonly rule: number;
  readonly opens: boolean;
  readonly unlessNegated: boolean;
  readonly steps: readonly Step[];
}

const LONGEST_GAP = 12;
/** Words of a sentence that are looked at for whom it speaks to. */
const REACH = 24;

/**
 * Phrases of many rules, matched in one walk. A phrase is tried only where its first word stands, and keeps the set of places
 * it can have reached: its cost is bounded by its gaps, whatever the text says.
 */
export class Phrases {
  private readonly byFirst: Phrase[][] = [];
  private readonly negations: Uint8Array;
  private readonly readers: Uint8Array;
  private readonly joins: Uint8Array;

  /** @param rules with the index that matches are to name; every word is added to the vocabulary */
  constructor(
    rules: readonly { readonly index: number; readonly rule: PhraseRule; readonly lexicon: Lexicon }[],
    vocabulary: Vocabulary,
  ) {
    const parsed = rules.flatMap(({ index, rule, lexicon }) =>
      rule.phrases.map((text) => ({ index, rule, ...parse(text, lexicon, rule.id) })),
    );
    for (const { elements } of parsed) for (const { words } of elements) for (const word of words) vocabulary.add(word);
    const bits = (words: readonly string[]) => {
      const fits = new Uint8Array(vocabulary.size);
      for (const word of words) fits[vocabulary.idOf(word)] = 1;
      return fits;
    };
    const shared = new Map<string, Uint8Array>();
    for (const { index, rule, opens, elements } of parsed) {
      const steps = elements.map(({ gap, words, text }) => {
        const key = `${rule.language} ${text}`;
        const fits = shared.get(key) ?? bits(words);
        shared.set(key, fits);
        return { gap, fits };
      });
      const phrase = { rule: index, opens, unlessNegated: rule.unlessNegated === true, steps };
      for (const word of new Set(elements[0]?.words)) (this.byFirst[vocabulary.idOf(word)] ??= []).push(phrase);
    }
    const ofClass = (name: string) => bits(rules.flatMap(({ lexicon }) => lexicon[name] ?? []));
    this.negations = ofClass('not');
    this.readers = ofClass('reader');
    this.joins = ofClass('joins');
  }

  match(tokens: Tokens): readonly Match[] {
    const found: Match[] = [];
    for (let at = 0; at < tokens.count; at++) {
      const phrases = this.byFirst[tokens.ids[at] as number];
      if (!phrases) continue;
      const opens = tokens.openings[at] === 1;
      for (const phrase of phrases) {
        if (phrase.opens && !opens) continue;
        const last = reach(phrase, tokens, at);
        if (last < 0 || (phrase.unlessNegated && this.negated(tokens, at))) continue;
        found.push({
          rule: phrase.rule,
          start: tokens.starts[at] as number,
          end: tokens.ends[last] as number,
          disguised: tokens.disguised.slice(at, last + 1).includes(1),
          aside: !opens && !this.speaks(tokens, at, last),
        });
      }
    }
    return found;
  }

  /** Whether the words up to the last of a phrase speak to whoever reads them, or the phrase goes on with another. */
  private speaks({ ids, breaks }: Tokens, first: number, last: number): boolean {
    if (!breaks[first] && this.joins[ids[first - 1] as number]) return true;
    for (let at = last; at >= 0 && at >= first - REACH; at--) {
      if (this.readers[ids[at] as number]) return true;
      if (at <= first && breaks[at]) return false;
    }
    return false;
  }

  private negated({ ids, breaks }: Tokens, at: number): boolean {
    for (let back = at - 1; back >= 0 && back >= at - 2; back--) {
      if (breaks[back + 1]) return false;
      if (this.negations[ids[back] as number]) return true;
    }
    return false;
  }
}

/** @returns the last word of the phrase that begins with word `first`; -1 when it does not stand there */
function reach({ steps }: Phrase, { ids, breaks, count }: Tokens, first: number): number {
  let places = [first];
  for (let i = 1; i < steps.length; i++) {
    const { gap, fits } = steps[i] as Step;
    const next: number[] = [];
    let seen = 0;
    for (const place of places)
      for (let at = place + 1; at <= place + 1 + gap && at < count && !breaks[at]; at++)
        if (at > seen) {
          seen = at;
          if (fits[ids[at] as number]) next.push(at);
        }
    if (!next.length) return -1;
    places = next;
  }
  return places[0] as number;
}

function parse(text: string, lexicon: Lexicon, id: string) {
  const elements: { gap: number; words: readonly string[]; text: string }[] = [];
  let [gap, opens] = [0, false];
  for (const item of text.split(' ')) {
    if (item === '^') opens = true;
    else if (item.startsWith('~')) gap = Number(item.slice(1));
    else {
      elements.push({ gap, words: wordsOf(item, lexicon, id), text: item });
      gap = 0;
    }
    if (!(gap <= LONGEST_GAP)) throw new Error(`Rule ${id}: '${item}' is no gap`);
  }
  return { opens, elements };
}

function wordsOf(item: string, lexicon: Lexicon, id: string): readonly string[] {
  const classes = /^\{([a-z0-9|]{1,300})\}$/.exec(item)?.[1];
  const names = (classes ?? item).split('|');
  // a class may be widened by words of its own, but a lone name in braces is a class or a mistake
  if (classes !== undefined && !names.some((name) => lexicon[name]))
    throw new Error(`Rule ${id}: '${item}' is no class`);
  const words = names.flatMap((name) => (classes === undefined ? [name] : (lexicon[name] ?? [name])));
  if (words.some((word) => !/^[a-z0-9]{1,30}$/.test(word))) throw new Error(`Rule ${id}: '${item}' is no word`);
  return words;
}
