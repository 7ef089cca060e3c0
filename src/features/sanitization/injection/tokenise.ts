import { UNKNOWN, type Vocabulary } from './vocabulary';
import { WordTable } from './word-table';

/** The words of a text as parallel arrays: what the matcher walks through. */
export interface Tokens {
  readonly count: number;
  /** The vocabulary's number of each word; -1: no rule knows it. */
  readonly ids: Int32Array;
  /** Offsets into the normalised text. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 where a sentence begins, which no phrase runs across. */
  readonly breaks: Uint8Array;
  /** 1 where a clause begins, words of courtesy and address left aside: an imperative would stand here. */
  readonly openings: Uint8Array;
  /** 1 where the word was not written as such: letters apart, run together, or digits for letters. */
  readonly disguised: Uint8Array;
  readonly rotated: number;
  readonly reversed: number;
}

/** Words that may stand between the beginning of a clause and its verb. */
const LEAD = new Set(
  `please do now then and so just also first kindly instead but hey ok okay hi hello well yes great alright important urgent note
  attention you must should shall will can could would need want to i id we like ai assistant chatgpt gpt claude bot model dear
  lets let us go ahead completely totally simply immediately finally next step actually sorry thanks stop wait task
  por favor agora entao e ou apenas somente primeiro mas voce deve pode precisa tem quero que preciso olá ola oi ei ia assistente
  ahora entonces y o solo primero pero debes debe puedes tienes quiero necesito hola oye asistente simplemente inmediatamente`.split(
    /\s+/,
  ),
);
const SPACED_LETTERS = 5;
const GLUED_LETTERS = 14;
const GLUED_WORD = 160;
const GLUED_LIMIT = 400;
/** A sentence this short is no sentence but a way to tear a phrase apart: "Ignore. All. Previous." */
const SHORT_SENTENCE = 3;

const [AT, DOLLAR, APOSTROPHE, QUOTE, HYPHEN, UNDERSCORE, BACKTICK] = [64, 36, 39, 0x2019, 45, 95, 96];
const [BACKSLASH, LINE_FEED, TAB, SPACE] = [92, 10, 9, 32];
const QUOTES = /['\u2019]/g;
const LINE_ENDS = 'nrt';
const [LETTER, DIGIT] = [1, 2];
const KINDS = new Uint8Array(128);
KINDS.fill(LETTER, 97, 123);
KINDS.fill(DIGIT, 48, 58);
const isWord = (code: number) => code < 128 && KINDS[code] !== 0;
const isLetter = (code: number) => code < 128 && KINDS[code] === LETTER;

/** What is known of a word as it is written. */
interface Known {
  /** The vocabulary's number. */
  id: number;
  /** May stand between the beginning of a clause and its verb. */
  leads: boolean;
  /** A word of the vocabulary in rot13, or from right to left. */
  rotated: boolean;
  reversed: boolean;
}
const NOTHING: Readonly<Known> = { id: UNKNOWN, leads: false, rotated: false, reversed: false };

/**
 * Takes texts apart into the words of a vocabulary, one text at a time: what it tells of one is good until the next. Arrays of its own
 * for each text would take as long as everything else.
 */
export class Tokeniser implements Tokens {
  count = 0;
  ids = new Int32Array(0);
  starts = new Int32Array(0);
  ends = new Int32Array(0);
  breaks = new Uint8Array(0);
  openings = new Uint8Array(0);
  disguised = new Uint8Array(0);
  rotated = 0;
  reversed = 0;

  private readonly known: WordTable<Readonly<Known>>;
  private text = '';
  /** Letters that stood alone, until it is known whether they are a word spelt with gaps: where, and what was before them. */
  private readonly letters: { readonly at: number; readonly opening: number; readonly stop: number }[] = [];
  /** Words since the last sentence ended. */
  private words = 0;
  private opening = 1;
  private stop = 1;

  /** @param vocabulary that is complete */
  constructor(private readonly vocabulary: Vocabulary) {
    const known = new Map<string, Known>();
    const of = (word: string): Known => {
      let entry = known.get(word);
      if (!entry) known.set(word, (entry = { ...NOTHING }));
      return entry;
    };
    for (const [word, id] of vocabulary.words) of(word).id = id;
    for (const word of LEAD) of(word).leads = true;
    for (const word of vocabulary.rotated) of(word).rotated = true;
    for (const word of vocabulary.reversed) of(word).reversed = true;
    this.known = new WordTable(known);
  }

  /** @param text lower-case. Linear in its length. */
  tokenise(text: string): Tokens {
    this.begin(text);
    let gap = 0;
    for (let at = 0; at < text.length;) {
      const code = text.charCodeAt(at);
      if (!isWord(code)) {
        // a line's end, as it is written within JSON
        const isLine = code === BACKSLASH && at + 1 < text.length && LINE_ENDS.includes(text[at + 1]);
        if (isLine) this.separate(LINE_FEED, LINE_FEED);
        else this.separate(code, text.charCodeAt(at + 1));
        at += isLine ? 2 : 1;
        gap++;
        continue;
      }
      const start = at;
      let plain = true;
      while (at < text.length && this.continues(at)) {
        plain &&= isLetter(text.charCodeAt(at));
        at++;
      }
      if (plain && at - start === 1 && (gap <= 3 || !this.letters.length)) {
        this.letters.push({ at: start, opening: this.opening, stop: this.stop });
        this.opening = this.stop = 0;
        if (this.letters.length >= GLUED_LIMIT) this.flush();
      } else {
        if (this.letters.length) this.flush();
        if (plain) this.take(start, at);
        else this.takeMixed(start, at);
      }
      gap = 0;
    }
    this.flush();
    this.text = '';
    return this;
  }

  private begin(text: string): void {
    this.text = text;
    this.count = this.rotated = this.reversed = this.words = 0;
    this.opening = this.stop = 1;
    this.letters.length = 0;
    // no word is shorter than two characters, with what parts it from the next
    const most = (text.length >> 1) + 1;
    if (most <= this.ids.length) return;
    this.ids = new Int32Array(most);
    this.starts = new Int32Array(most);
    this.ends = new Int32Array(most);
    this.breaks = new Uint8Array(most);
    this.openings = new Uint8Array(most);
    this.disguised = new Uint8Array(most);
  }

  private continues(at: number): boolean {
    const code = this.text.charCodeAt(at);
    if (isWord(code)) return true;
    const between = code === APOSTROPHE || code === QUOTE || code === AT || code === DOLLAR;
    return between && isLetter(this.text.charCodeAt(at - 1)) && isLetter(this.text.charCodeAt(at + 1));
  }

  private separate(code: number, next: number): void {
    if (code === SPACE || code === TAB) return;
    const line = code === 10 || code === 13;
    // the end of a piece of code: its sentence goes on
    const closes = code === BACKTICK && next === SPACE;
    // . ! ? and a blank line end a sentence; other signs open a clause
    if (code === 46 || code === 33 || code === 63 || (line && (next === 10 || next === 13))) {
      if (this.words >= SHORT_SENTENCE || line) this.stop = 1;
      this.words = 0;
      this.opening = 1;
    } else if (code !== HYPHEN && code !== UNDERSCORE && code !== APOSTROPHE && code !== QUOTE && !closes)
      this.opening = 1;
  }

  /** A word of letters only, as it is written. */
  private take(start: number, end: number): void {
    const { id, leads, rotated, reversed } = this.known.find(this.text, start, end) ?? NOTHING;
    if (id !== UNKNOWN) return this.push(id, start, end, 0, leads);
    if (rotated) this.rotated++;
    if (reversed) this.reversed++;
    const length = end - start;
    if (length < GLUED_LETTERS || length > GLUED_WORD || !this.takeApart(start, end))
      this.push(UNKNOWN, start, end, 0, leads);
  }

  /** Words that were run together. False when these letters are none. */
  private takeApart(start: number, end: number): boolean {
    const glued = this.text.slice(start, end);
    const parts = this.vocabulary.split(glued);
    if (parts.length <= 2) return false;
    for (const part of parts)
      this.push(part.id, start + part.start, start + part.end, 1, this.leads(glued, part.start, part.end));
    return true;
  }

  /** A word with digits, signs or quotation marks among its letters. */
  private takeMixed(start: number, end: number): void {
    const word = this.text.slice(start, end).replaceAll(QUOTES, '');
    const { id, leads } = this.known.find(word, 0, word.length) ?? NOTHING;
    if (id !== UNKNOWN) return this.push(id, start, end, 0, leads);
    const meant = this.vocabulary.unleet(word);
    this.push(meant, start, end, Number(meant >= 0), leads);
  }

  private leads(text: string, start: number, end: number): boolean {
    return this.known.find(text, start, end)?.leads ?? false;
  }

  private push(id: number, start: number, end: number, disguised: number, leads: boolean): void {
    const at = this.count++;
    this.ids[at] = id;
    this.starts[at] = start;
    this.ends[at] = end;
    this.breaks[at] = this.stop;
    this.openings[at] = this.opening;
    this.disguised[at] = disguised;
    this.words++;
    this.stop = 0;
    if (!leads) this.opening = 0;
  }

  /** Letters that stood alone: a word spelt with gaps when there are many of them. */
  private flush(): void {
    const { text, letters, opening, stop } = this;
    const glued = letters.length >= SPACED_LETTERS ? letters.map(({ at }) => text[at]).join('') : '';
    const parts = glued ? this.vocabulary.split(glued) : [];
    if (parts.length) {
      this.opening = letters[0].opening;
      this.stop = letters[0].stop;
      for (const { id, start, end } of parts)
        this.push(id, letters[start].at, letters[end - 1].at + 1, 1, this.leads(glued, start, end));
    } else
      for (const letter of letters) {
        this.opening = letter.opening || this.opening;
        this.stop = letter.stop || this.stop;
        const { id, leads } = this.known.find(text, letter.at, letter.at + 1) ?? NOTHING;
        this.push(id, letter.at, letter.at + 1, 0, leads);
      }
    this.opening = opening || this.opening;
    this.stop = stop || this.stop;
    letters.length = 0;
  }
}
