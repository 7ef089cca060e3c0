import type { Lexicon, PhraseRule } from './rules/rule';
import type { Tokens } from './tokenise';
import { UNKNOWN, type Vocabulary } from './vocabulary';

export interface Match {
  readonly rule: number;
  /** Offsets into the normalised text. */
  readonly start: number;
  readonly end: number;
  readonly disguised: boolean;
  /** It neither opens a clause nor goes on with one, and nothing before it in its sentence speaks to whoever reads it. */
  readonly aside: boolean;
  /** It says what it is about, and no rule knows the word: "forget what you know about risotto", "the old rules on quotas". */
  readonly specific: boolean;
}

interface Step {
  /** How many other words may stand before this one. */
  readonly gap: number;
  /** Which of the sets of words fits; see {@link WordSets}. */
  readonly set: number;
}
interface Phrase {
  readonly rule: number;
  readonly opens: boolean;
  readonly closes: boolean;
  readonly unlessNegated: boolean;
  readonly steps: readonly Step[];
}

/** Sets of words, kept by word: what is asked about a word lies together. */
class WordSets {
  private readonly width: number;
  private readonly bits: Uint32Array;

  constructor(sets: readonly (readonly string[])[], vocabulary: Vocabulary) {
    this.width = Math.ceil(sets.length / 32);
    this.bits = new Uint32Array(this.width * vocabulary.size);
    for (const [set, words] of sets.entries())
      for (const word of words) {
        const at = vocabulary.idOf(word) * this.width + (set >>> 5);
        this.bits[at] = (this.bits[at] as number) | (1 << (set & 31));
      }
  }

  /** @param word its number, which may be that of an unknown one */
  has(set: number, word: number): boolean {
    return word >= 0 && ((this.bits[word * this.width + (set >>> 5)] as number) & (1 << (set & 31))) !== 0;
  }
}

/** Phrases with the same first word that go on alike. */
interface Group {
  readonly second: Step | undefined;
  readonly phrases: Phrase[];
}

const LONGEST_GAP = 12;
/** Words of a sentence that are looked at for whom it speaks to. */
const REACH = 24;
/** Words before a phrase in the middle of a clause that may negate it. */
const CLAUSE = 8;
/** Words after a phrase that may tell what it is about, or whom it speaks to. */
const BEYOND = 4;

/**
 * Phrases of many rules, matched in one walk. A phrase is tried only where its first word stands, and keeps the set of places
 * it can have reached: its cost is bounded by its gaps, whatever the text says.
 */
export class Phrases {
  /** By first word; the first of the two is for words that open a clause. */
  private readonly opening: Group[][] = [];
  private readonly anywhere: Group[][] = [];
  private readonly sets: WordSets;
  private readonly negations: Uint8Array;
  private readonly readers: Uint8Array;
  private readonly joins: Uint8Array;
  private readonly about: Uint8Array;
  private readonly articles: Uint8Array;

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
    const shared = new Map<string, Step>();
    const sets = new Map<string, readonly string[]>();
    for (const { index, rule, opens, closes, elements } of parsed) {
      const steps = elements.map(({ gap, words, text }) => {
        const name = `${rule.language} ${text}`;
        sets.set(name, words);
        const key = `${gap} ${name}`;
        const step = shared.get(key) ?? { gap, set: [...sets.keys()].indexOf(name) };
        shared.set(key, step);
        return step;
      });
      const phrase = { rule: index, opens, closes, unlessNegated: rule.unlessNegated === true, steps };
      const groups = opens ? this.opening : this.anywhere;
      for (const word of new Set(elements[0]?.words)) group((groups[vocabulary.idOf(word)] ??= []), phrase);
    }
    this.sets = new WordSets([...sets.values()], vocabulary);
    const ofClass = (name: string) => bits(rules.flatMap(({ lexicon }) => lexicon[name] ?? []));
    this.negations = ofClass('not');
    this.readers = ofClass('reader');
    this.joins = ofClass('joins');
    this.about = ofClass('about');
    this.articles = ofClass('article');
  }

  match(tokens: Tokens): readonly Match[] {
    const found: Match[] = [];
    for (let at = 0; at < tokens.count; at++) {
      const id = tokens.ids[at] as number;
      if (id === UNKNOWN) continue;
      const opens = tokens.openings[at] === 1;
      if (opens) this.matchAt(tokens, at, opens, this.opening[id], found);
      this.matchAt(tokens, at, opens, this.anywhere[id], found);
    }
    return found;
  }

  private matchAt(
    tokens: Tokens,
    at: number,
    opens: boolean,
    groups: readonly Group[] | undefined,
    found: Match[],
  ): void {
    if (!groups) return;
    for (const { second, phrases } of groups) {
      // most phrases end here
      const place = second ? standsAt(second, tokens, at, this.sets) : at;
      if (place < 0) continue;
      for (const phrase of phrases) {
        const last = phrase.steps.length > 2 || phrase.closes ? reach(phrase, tokens, at, this.sets) : place;
        if (last < 0 || (phrase.unlessNegated && this.negated(tokens, at, phrase.opens ? 2 : CLAUSE))) continue;
        found.push({
          rule: phrase.rule,
          start: tokens.starts[at] as number,
          end: tokens.ends[last] as number,
          disguised: tokens.disguised.slice(at, last + 1).includes(1),
          aside: !opens && !this.subject(tokens, at) && !this.speaks(tokens, at, last),
          specific: this.specifies(tokens, at, last),
        });
      }
    }
  }

  /** Whether the words around a phrase speak to whoever reads them, or the phrase goes on with another. */
  private speaks({ ids, breaks, count }: Tokens, first: number, last: number): boolean {
    if (!breaks[first] && this.joins[ids[first - 1] as number]) return true;
    for (let at = last + 1; at < count && at <= last + BEYOND && !breaks[at]; at++)
      if (this.readers[ids[at] as number]) return true;
    for (let at = last; at >= 0 && at >= first - REACH; at--) {
      if (this.readers[ids[at] as number]) return true;
      if (at <= first && breaks[at]) return false;
    }
    return false;
  }

  /** Whether the phrase is what a clause begins with but for an article: "the rules above no longer apply". */
  private subject({ ids, breaks, openings }: Tokens, first: number): boolean {
    return !breaks[first] && openings[first - 1] === 1 && this.articles[ids[first - 1] as number] === 1;
  }

  /** Whether one of the words, or what follows the last, is about something that is none of the rules' business. */
  private specifies({ ids, breaks, openings, count }: Tokens, first: number, last: number): boolean {
    for (let at = first + 1; at <= last + BEYOND && at < count - 1 && !breaks[at] && !breaks[at + 1]; at++) {
      if (at > last && (openings[at] || this.joins[ids[at] as number])) return false;
      if (!this.about[ids[at] as number]) continue;
      const after = this.articles[ids[at + 1] as number] && at + 2 < count && !breaks[at + 2] ? at + 2 : at + 1;
      if (ids[after] === UNKNOWN) return true;
    }
    return false;
  }

  private negated({ ids, breaks, openings }: Tokens, at: number, words: number): boolean {
    for (let back = at - 1; back >= 0 && back >= at - words; back--) {
      if (breaks[back + 1] || (back < at - 2 && openings[back + 1])) return false;
      if (this.negations[ids[back] as number]) return true;
    }
    return false;
  }
}

/** @returns the last word of the phrase that begins with word `first`; -1 when it does not stand there */
function reach(
  { steps, closes }: Phrase,
  { ids, breaks, openings, count }: Tokens,
  first: number,
  sets: WordSets,
): number {
  let places = [first];
  for (let i = 1; i < steps.length; i++) {
    const { gap, set } = steps[i] as Step;
    const next: number[] = [];
    let seen = 0;
    for (const place of places)
      for (let at = place + 1; at <= place + 1 + gap && at < count && !breaks[at]; at++)
        if (at > seen) {
          seen = at;
          if (sets.has(set, ids[at] as number)) next.push(at);
        }
    if (!next.length) return -1;
    places = next;
  }
  return (closes ? places.find((at) => at + 1 >= count || breaks[at + 1] || openings[at + 1]) : places[0]) ?? -1;
}

function group(groups: Group[], phrase: Phrase): void {
  const second = phrase.steps[1];
  const same = groups.find((one) => one.second === second);
  if (same) same.phrases.push(phrase);
  else groups.push({ second, phrases: [phrase] });
}

/** @returns the first word of the step behind word `place`, within the gap; -1: there is none */
function standsAt({ gap, set }: Step, { ids, breaks, count }: Tokens, place: number, sets: WordSets): number {
  const end = Math.min(count, place + 2 + gap);
  for (let at = place + 1; at < end && !breaks[at]; at++) if (sets.has(set, ids[at] as number)) return at;
  return -1;
}

function parse(text: string, lexicon: Lexicon, id: string) {
  const elements: { gap: number; words: readonly string[]; text: string }[] = [];
  let [gap, opens, closes] = [0, false, false];
  for (const item of text.split(' ')) {
    if (item === '^') opens = true;
    else if (item === '$') closes = true;
    else if (item.startsWith('~')) gap = Number(item.slice(1));
    else {
      elements.push({ gap, words: wordsOf(item, lexicon, id), text: item });
      gap = 0;
    }
    if (!(gap <= LONGEST_GAP)) throw new Error(`Rule ${id}: '${item}' is no gap`);
  }
  return { opens, closes, elements };
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
