import { TELLTALE, UNKNOWN, type Vocabulary } from './vocabulary';

/** The words of a text as parallel arrays: what the matcher walks through. */
export interface Tokens {
  readonly count: number;
  /** The vocabulary's number of each word; -1: no rule knows it. */
  readonly ids: readonly number[];
  /** Offsets into the normalised text. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** 1 where a sentence begins, which no phrase runs across. */
  readonly breaks: readonly number[];
  /** 1 where a clause begins, words of courtesy and address left aside: an imperative would stand here. */
  readonly openings: readonly number[];
  /** 1 where the word was not written as such: letters apart, run together, or digits for letters. */
  readonly disguised: readonly number[];
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
const [BACKSLASH, LINE_FEED] = [92, 10];
const LINE_ENDS = 'nrt';
const [LETTER, DIGIT] = [1, 2];
const KINDS = new Uint8Array(128);
KINDS.fill(LETTER, 97, 123);
KINDS.fill(DIGIT, 48, 58);
const isWord = (code: number) => code < 128 && KINDS[code] !== 0;
const isLetter = (code: number) => code < 128 && KINDS[code] === LETTER;

/** @param text lower-case. Linear in its length. */
export function tokenise(text: string, vocabulary: Vocabulary): Tokens {
  return new Tokeniser(text, vocabulary).run();
}

class Tokeniser {
  private readonly ids: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly breaks: number[] = [];
  private readonly openings: number[] = [];
  private readonly disguised: number[] = [];
  private readonly letters: { letter: string; at: number; opening: number; stop: number }[] = [];
  private rotated = 0;
  private reversed = 0;
  private words = 0;
  private opening = 1;
  private stop = 1;

  constructor(
    private readonly text: string,
    private readonly vocabulary: Vocabulary,
  ) {}

  run(): Tokens {
    const { text } = this;
    let gap = 0;
    for (let at = 0; at < text.length;) {
      if (!isWord(text.charCodeAt(at))) {
        // a line's end, as it is written within JSON
        if (text.charCodeAt(at) === BACKSLASH && LINE_ENDS.includes(text[at + 1] as string)) {
          this.separate(LINE_FEED, LINE_FEED);
          at += 2;
          gap++;
          continue;
        }
        this.separate(text.charCodeAt(at), text.charCodeAt(at + 1));
        at++;
        gap++;
        continue;
      }
      const start = at;
      let plain = true;
      while (at < text.length && this.continues(at)) {
        plain &&= isLetter(text.charCodeAt(at));
        at++;
      }
      const word = text.slice(start, at);
      if (word.length === 1 && isLetter(word.charCodeAt(0)) && (gap <= 3 || !this.letters.length)) {
        this.letters.push({ letter: word, at: start, opening: this.opening, stop: this.stop });
        [this.opening, this.stop] = [0, 0];
        if (this.letters.length >= GLUED_LIMIT) this.flush();
      } else {
        this.flush();
        this.take(word.length > 2 && word.includes("'") ? word.replaceAll("'", '') : word, start, at, plain);
      }
      gap = 0;
    }
    this.flush();
    const { ids, starts, ends, breaks, openings, disguised, rotated, reversed } = this;
    return { count: ids.length, ids, starts, ends, breaks, openings, disguised, rotated, reversed };
  }

  private continues(at: number): boolean {
    const code = this.text.charCodeAt(at);
    if (isWord(code)) return true;
    const between = code === APOSTROPHE || code === QUOTE || code === AT || code === DOLLAR;
    return between && isLetter(this.text.charCodeAt(at - 1)) && isLetter(this.text.charCodeAt(at + 1));
  }

  private separate(code: number, next: number): void {
    if (code === 32 || code === 9) return;
    const line = code === 10 || code === 13;
    // the end of a piece of code: its sentence goes on
    const closes = code === BACKTICK && next === 32;
    // . ! ? and a blank line end a sentence; other signs open a clause
    if (code === 46 || code === 33 || code === 63 || (line && (next === 10 || next === 13))) {
      if (this.words >= SHORT_SENTENCE || line) this.stop = 1;
      this.words = 0;
      this.opening = 1;
    } else if (code !== HYPHEN && code !== UNDERSCORE && code !== APOSTROPHE && code !== QUOTE && !closes)
      this.opening = 1;
  }

  /** A word as it is written. @param plain whether it is made of letters only */
  private take(written: string, start: number, end: number, plain: boolean): void {
    const word = written.includes('\u2019') ? written.replaceAll('\u2019', '') : written;
    const id = this.vocabulary.idOf(word);
    if (id < 0) {
      if (plain && word.length >= TELLTALE) {
        if (this.vocabulary.rotated.has(word)) this.rotated++;
        if (this.vocabulary.reversed.has(word)) this.reversed++;
      }
      if (word.length >= GLUED_LETTERS && word.length <= GLUED_WORD && plain) {
        const parts = this.vocabulary.split(word);
        if (parts.length > 2) {
          for (const part of parts)
            this.push(part.id, start + part.start, start + part.end, 1, word.slice(part.start, part.end));
          return;
        }
      }
      const meant = plain ? UNKNOWN : this.vocabulary.unleet(word);
      return this.push(meant, start, end, Number(meant >= 0), word);
    }
    this.push(id, start, end, 0, word);
  }

  private push(id: number, start: number, end: number, disguised: number, word: string): void {
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
    this.breaks.push(this.stop);
    this.openings.push(this.opening);
    this.disguised.push(disguised);
    this.words++;
    this.stop = 0;
    if (!(this.opening && LEAD.has(word))) this.opening = 0;
  }

  /** Letters that stood alone: a word spelt with gaps when there are many of them. */
  private flush(): void {
    const { letters } = this;
    if (!letters.length) return;
    const after = [this.opening, this.stop] as const;
    const glued = letters.map(({ letter }) => letter).join('');
    const parts = letters.length >= SPACED_LETTERS ? this.vocabulary.split(glued) : [];
    const first = letters[0];
    if (parts.length && first) {
      [this.opening, this.stop] = [first.opening, first.stop];
      for (const { id, start, end } of parts)
        this.push(id, letters[start]?.at ?? 0, (letters[end - 1]?.at ?? 0) + 1, 1, glued.slice(start, end));
    } else
      for (const { letter, at, opening, stop } of letters) {
        [this.opening, this.stop] = [opening || this.opening, stop || this.stop];
        this.push(this.vocabulary.idOf(letter), at, at + 1, 0, letter);
      }
    [this.opening, this.stop] = [after[0] || this.opening, after[1] || this.stop];
    letters.length = 0;
  }
}
