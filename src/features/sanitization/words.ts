import { meaningOf, type Meaning } from './context-words';

/** Letters whose code tells their case; beyond, everything that is a letter counts as small. */
const isUpper = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 0xc0 && code <= 0xde && code !== 0xd7);
const isLower = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 0xdf && code < 0x2000 && code !== 0xf7) ||
  (code >= 0x2c00 && code < 0xd800) ||
  code > 0xdfff;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
/** Stands within a number: space, dash, dot, slash. */
const joins = (code: number): boolean => code === 32 || code === 45 || code === 46 || code === 47;
const GAP = 3;
const LABEL_GAP = 5;
/** Longer words announce nothing. */
const LONGEST = 32;

/**
 * The words of a text and its numbers, in order. `customerCpf`, `customer_cpf` and `CPFNumber` are two words each; digits with
 * spaces, dots, dashes or slashes between them are one number.
 */
export class Words {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly meanings: (Meaning | undefined)[] = [];

  constructor(private readonly text: string) {
    let at = 0;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (isDigit(code)) at = this.number(at);
      else if (isUpper(code) || isLower(code)) at = this.word(at);
      else at++;
    }
  }

  get length(): number {
    return this.starts.length;
  }

  start(index: number): number {
    return this.starts[index];
  }

  end(index: number): number {
    return this.ends[index];
  }

  isNumber(index: number): boolean {
    return isDigit(this.text.charCodeAt(this.starts[index]));
  }

  /** What the word announces; looked up when it is first asked for. */
  meaning(index: number): Meaning {
    return (this.meanings[index] ??= meaningOf(this.written(index)));
  }

  /** Whether a character stands between two offsets that are near each other. */
  hasBetween(from: number, to: number, character: string): boolean {
    for (let at = from; at < to; at++) if (this.text[at] === character) return true;
    return false;
  }

  /** Whether two neighbours belong to different phrases or cells: `CPF nº 1` and `"cpf": "1"` do not. */
  isParted(from: number, to: number): boolean {
    return to - from > LABEL_GAP || /[,;).|\n]/.test(this.text.slice(from, to));
  }

  /** The first word that begins at or after an offset. */
  firstFrom(offset: number): number {
    let low = 0;
    for (let high = this.starts.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private written(index: number): string {
    const end = this.ends[index];
    const start = this.starts[index];
    // letters after a digit are part of a hash or a unit
    return end - start > LONGEST || isDigit(this.text.charCodeAt(start - 1)) ? '' : this.text.slice(start, end);
  }

  private add(start: number, end: number): number {
    this.starts.push(start);
    this.ends.push(end);
    return end;
  }

  private number(start: number): number {
    const { text } = this;
    let end = start + 1;
    for (let at = end; at - end <= GAP && at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (isDigit(code)) end = at + 1;
      else if (!joins(code)) break;
    }
    return this.add(start, end);
  }

  private word(start: number): number {
    const { text } = this;
    let at = start;
    while (isUpper(text.charCodeAt(at))) at++;
    // CPFNumber: the last capital begins the next word
    if (at - start > 1 && isLower(text.charCodeAt(at))) {
      // a plural in small letters stays: CPFs
      if (text.charCodeAt(at) === 115 && !isLower(text.charCodeAt(at + 1))) return this.add(start, at + 1);
      return this.add(start, at - 1);
    }
    while (isLower(text.charCodeAt(at))) at++;
    return this.add(start, at);
  }
}
