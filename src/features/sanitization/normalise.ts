/** Text as detectors read it, and where each part of it stood in the text as it was given. */
export interface View {
  readonly text: string;
  /** UTF-16 offset into the original of the part that became the character at `offset`. */
  startOf(offset: number): number;
  /** UTF-16 offset just after the part of the original that became the character before `offset`. */
  endOf(offset: number): number;
}

/** What detectors do not read as it stands; not ASCII, accented Latin letters and quotation marks. */
const CHANGES = /[^\0-\x7f\u00a1-\u00a7\u00ab\u00bb\u00bf-\u0131\u2018-\u201d\u2022]/g;
/** Dropped: soft hyphen, zero-width, bidirectional and other format characters, variation selectors, tags. */
const INVISIBLE = /\p{Cf}|\p{Default_Ignorable_Code_Point}/u;
const SPACE = /[\p{Zs}\u0085\u2028\u2029]/u;
const DASH = /[\p{Pd}\u2212\u2043\u02d7\u00af]/u;
const MARK = /\p{M}/u;
const LETTER = /\p{L}$/u;
/** The zero of each script whose digits NFKC leaves as they are. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
  0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
  0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
];
/** Longer compatibility forms (U+FDFA has 18 letters) say nothing to a detector and would let a text swell. */
const LONGEST_FORM = 4;
/** Marks on one letter that are looked at; the others are dropped. */
const MARKS = 2;
const STEP = 4_096;

/** Forms of single characters; its size is bounded by Unicode, and by `REMEMBERED` for what nobody writes twice. */
const remembered = new Map<number, string>();
const REMEMBERED = 4_096;

/** What a detector reads instead of one character: compatibility form, plain space, plain dash, ASCII digit, or nothing. */
function fold(code: number): string {
  const known = remembered.get(code);
  if (known !== undefined) return known;
  const form = formOf(code);
  if (remembered.size < REMEMBERED) remembered.set(code, form);
  return form;
}

function formOf(code: number): string {
  const character = String.fromCodePoint(code);
  if (INVISIBLE.test(character)) return '';
  if (SPACE.test(character)) return ' ';
  if (DASH.test(character)) return '-';
  const zero = ZEROS.find((first) => code >= first && code < first + 10);
  if (zero !== undefined) return String(code - zero);
  const form = character.normalize('NFKC');
  return form.length > LONGEST_FORM ? character : form.replaceAll(/\p{Pd}/gu, '-').replaceAll('\u2044', '/');
}

/** Whether detectors can read the text as it is. */
export const isPlain = (text: string): boolean => text.search(CHANGES) < 0;

/** A text that is read as it stands. */
class PlainView implements View {
  constructor(readonly text: string) {}

  startOf(offset: number): number {
    return offset;
  }

  endOf(offset: number): number {
    return offset;
  }
}

/**
 * Reads a text piece by piece so that a long one can be read with pauses: call `step` until it says true, then take `view`.
 * Offsets are remembered from the first change of length on: as stretches that were copied, and as single replaced characters.
 */
export class Normalisation {
  private at = 0;
  private length = 0;
  private readonly pieces: string[] = [];
  /** Of the step at hand; joined at its end, as a text that grows by single characters is a tree of them until somebody reads it. */
  private parts: string[] = [];
  /** The last characters read. */
  private tail = '';
  private readonly viewAt: number[] = [0];
  private readonly originalAt: number[] = [0];
  /** How long the replaced character was in the original; 0 where characters were copied one by one. */
  private readonly widths: number[] = [0];

  constructor(
    private readonly text: string,
    private readonly plain = isPlain(text),
  ) {}

  /** Reads some 4 k characters more. True when the whole text has been read. */
  step(): boolean {
    if (this.plain) return true;
    const stop = this.at + STEP;
    while (this.at < stop && this.at < this.text.length) {
      CHANGES.lastIndex = this.at;
      // one code unit long, so its end says where it is; `exec` would make an object for each
      const next = CHANGES.test(this.text) ? CHANGES.lastIndex - 1 : this.text.length;
      if (next > this.at) this.copy(Math.min(next, stop));
      else this.replace();
    }
    this.pieces.push(this.parts.join(''));
    this.parts = [];
    return this.at >= this.text.length;
  }

  get view(): View {
    if (this.plain) return new PlainView(this.text);
    const text = this.pieces.join('');
    if (this.viewAt.length === 1 && !this.originalAt[0] && !this.widths[0]) return new PlainView(text);
    const { originalAt, viewAt, widths } = this;
    const startOf = (offset: number): number => {
      const stretch = this.stretchOf(offset);
      return originalAt[stretch] + (widths[stretch] ? 0 : offset - viewAt[stretch]);
    };
    const endOf = (offset: number): number => {
      if (!offset) return 0;
      const stretch = this.stretchOf(offset - 1);
      return originalAt[stretch] + (widths[stretch] || offset - viewAt[stretch]);
    };
    return { text, startOf, endOf };
  }

  private append(read: string): void {
    if (!read) return;
    this.parts.push(read);
    this.length += read.length;
    this.tail = (read.length < MARKS ? this.tail + read : read).slice(-MARKS);
  }

  private copy(end: number): void {
    this.append(this.text.slice(this.at, end));
    this.at = end;
  }

  private replace(): void {
    const code = this.text.codePointAt(this.at)!;
    const width = code > 0xffff ? 2 : 1;
    const form = this.written(code);
    if (form.length !== width) this.remember(width);
    this.append(form);
    this.at += width;
    if (form.length !== width) this.remember(0);
  }

  /** A stretch begins here; an empty one before it is replaced. */
  private remember(width: number): void {
    if (this.viewAt.at(-1) === this.length) {
      this.viewAt.pop();
      this.originalAt.pop();
      this.widths.pop();
    }
    this.viewAt.push(this.length);
    this.originalAt.push(this.at);
    this.widths.push(width);
  }

  /** Marks are kept on letters, where they tell words apart, and dropped elsewhere. */
  private written(code: number): string {
    const form = fold(code);
    if (!MARK.test(form)) return form;
    return LETTER.test(this.tail) || LETTER.test(this.tail.slice(0, -1)) ? form : '';
  }

  private stretchOf(offset: number): number {
    let low = 0;
    let high = this.viewAt.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.viewAt[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The whole text at once. */
export function normalise(text: string): View {
  if (isPlain(text)) return new PlainView(text);
  const reading = new Normalisation(text, false);
  while (!reading.step());
  return reading.view;
}
