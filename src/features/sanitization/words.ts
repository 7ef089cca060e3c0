import { meaningOf, type Meaning } from './context-words';

const [DIGIT, UPPER, LOWER, JOIN] = [1, 2, 3, 4];
/** What ASCII characters are. */
const KINDS = new Uint8Array(128);
KINDS.fill(DIGIT, 48, 58);
KINDS.fill(UPPER, 65, 91);
KINDS.fill(LOWER, 97, 123);
/** Stand within a number: space, dash, dot, slash. */
for (const code of [32, 45, 46, 47]) KINDS[code] = JOIN;

/** Of letters beyond, the code of some tells their case; everything else that is a letter counts as small. */
function kindOf(code: number): number {
  if (code < 128) return KINDS[code];
  if (code >= 0xc0 && code <= 0xde && code !== 0xd7) return UPPER;
  const isLower =
    (code >= 0xdf && code < 0x2000 && code !== 0xf7) || (code >= 0x2c00 && code < 0xd800) || code > 0xdfff;
  return isLower ? LOWER : 0;
}
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const GAP = 3;
const LABEL_GAP = 5;
/** Longer words announce nothing. */
const LONGEST = 32;

/**
 * The words of a text and its numbers, in order. `customerCpf`, `customer_cpf` and `CPFNumber` are two words each; digits with
 * spaces, dots, dashes or slashes between them are one number. It reads on as far as it is asked: numbers may stand at the beginning.
 */
export class Words {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly meanings = new Map<number, Meaning>();
  /** What begins from here on is not read yet. */
  private at = 0;

  constructor(private readonly text: string) {}

  /** Words that were read. */
  get length(): number {
    return this.starts.length;
  }

  /** From now on every word is known that begins at an offset or before. */
  readTo(offset: number): void {
    const { text } = this;
    const end = Math.min(text.length, offset + 1);
    let { at } = this;
    while (at < end) {
      const kind = kindOf(text.charCodeAt(at));
      if (kind === DIGIT) at = this.number(at);
      else if (kind === UPPER || kind === LOWER) at = this.word(at);
      else at++;
    }
    this.at = at;
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
    let meaning = this.meanings.get(index);
    if (!meaning) this.meanings.set(index, (meaning = meaningOf(this.written(index))));
    return meaning;
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

  /** The first word that begins at or after an offset; `length` where none was read. */
  firstFrom(offset: number): number {
    this.readTo(offset);
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
      const kind = kindOf(text.charCodeAt(at));
      if (kind === DIGIT) end = at + 1;
      else if (kind !== JOIN) break;
    }
    return this.add(start, end);
  }

  private word(start: number): number {
    const at = this.endOf(UPPER, start);
    // CPFNumber: the last capital begins the next word
    if (at - start > 1 && this.is(LOWER, at)) {
      // a plural in small letters stays: CPFs
      if (this.text.charCodeAt(at) === 115 && !this.is(LOWER, at + 1)) return this.add(start, at + 1);
      return this.add(start, at - 1);
    }
    return this.add(start, this.endOf(LOWER, at));
  }

  private is(kind: number, at: number): boolean {
    // to read behind the end would make all reading slower
    return at < this.text.length && kindOf(this.text.charCodeAt(at)) === kind;
  }

  private endOf(kind: number, from: number): number {
    let at = from;
    while (this.is(kind, at)) at++;
    return at;
  }
}
