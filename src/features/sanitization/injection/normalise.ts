import { CONFUSABLES } from './confusables';

/** A text as the rules read it. */
export interface Normalised {
  readonly original: string;
  /** Accents, invisible characters and letters that only look Latin are folded away; case is kept. */
  readonly text: string;
  /** Where in the original each character of `text` stood, and its end; undefined: they are the same. */
  readonly origins: Origins | undefined;
  /** How many characters that cannot be seen were left out. */
  readonly invisible: number;
  /** How many letters were replaced by the Latin ones that they resemble, or are a cut of. */
  readonly confusable: number;
  /** What was spelt in characters of the Tags block, which no reader sees. */
  readonly smuggled: string;
}

// eslint-disable-next-line no-control-regex
const ASCII = /^[\x00-\x7f]*$/;
/** Format characters (zero width, bidirectional, soft hyphen, tags), variation selectors, and fillers drawn as nothing. */
const INVISIBLE = /^(?:[\p{Cf}\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5)$/u;
const ALL_INVISIBLE = new RegExp(INVISIBLE.source.slice(1, -1), 'gu');
const MARK = /\p{M}/gu;
const TAGS = { first: 0xe0020, last: 0xe007e, base: 0xe0000 };
/** A black flag and tags are the flag of a country's part, and nothing hidden. */
const FLAG = 0x1f3f4;
const EXPANSION = 4;
const KNOWN_LIMIT = 8_192;
const SMUGGLED_LIMIT = 4_096;

interface Folded {
  readonly text: string;
  readonly kind: 'plain' | 'invisible' | 'confusable';
}
/** Ordinals, and signs that are no letter's stead. */
const OWN_SIGNS = new Set(['ª', 'º']);
const known = new Map<number, Folded>();

/** Linear in the text. Nothing in it makes the result longer than four times the text. */
export function normalise(original: string): Normalised {
  if (ASCII.test(original))
    return { original, text: original, origins: undefined, invisible: 0, confusable: 0, smuggled: '' };
  const origins = new Origins();
  let [text, smuggled] = ['', ''];
  let [invisible, confusable] = [0, 0];
  let flag = false;
  for (let at = 0; at < original.length;) {
    const plain = at;
    while (at < original.length && original.charCodeAt(at) < 0x80) at++;
    if (at > plain) {
      text += original.slice(plain, at);
      origins.addRun(plain, at - plain);
      flag = false;
      continue;
    }
    const point = original.codePointAt(at) as number;
    const folded = fold(point);
    const tag = point >= TAGS.first && point <= TAGS.last;
    if (folded.kind === 'invisible') invisible++;
    if (folded.kind === 'confusable') confusable++;
    if (tag && !flag && smuggled.length < SMUGGLED_LIMIT) smuggled += String.fromCharCode(point - TAGS.base);
    flag = point === FLAG || (flag && tag);
    text += folded.text;
    origins.add(at, folded.text.length);
    at += point > 0xffff ? 2 : 1;
  }
  origins.add(original.length, 1);
  return { original, text, origins, invisible, confusable, smuggled };
}

/** Where characters stood: stretches in which each stood behind the one before, or all in the same place. */
class Origins {
  /** Of each stretch: where it begins, where that was, and how far apart its characters were. */
  private readonly starts: number[] = [];
  private readonly origins: number[] = [];
  private readonly steps: number[] = [];
  private length = 0;

  /** So many characters of one. */
  add(origin: number, times: number): void {
    if (times === 1) this.addRun(origin, 1);
    else if (times) this.push(origin, times, 0);
  }

  /** So many characters, each as it was. */
  addRun(origin: number, length: number): void {
    const last = this.starts.length - 1;
    if (last >= 0 && this.steps[last] && this.origins[last] + this.length - this.starts[last] === origin)
      this.length += length;
    else this.push(origin, length, 1);
  }

  /** UTF-16 offset into the original; of the end, behind it. */
  of(index: number): number {
    const at = Math.min(index, this.length - 1);
    let low = 0;
    for (let high = this.starts.length - 1; low < high;) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return this.origins[low] + (at - this.starts[low]) * this.steps[low];
  }

  private push(origin: number, length: number, step: number): void {
    this.starts.push(this.length);
    this.origins.push(origin);
    this.steps.push(step);
    this.length += length;
  }
}

/** Whether, in a stretch of the normalised text, something was folded that hides what is written; accents do not. */
export function isDisguised(
  { original, origins, invisible, confusable }: Normalised,
  start: number,
  end: number,
): boolean {
  if (!origins || !(invisible || confusable)) return false;
  const stretch = original.slice(origins.of(start), origins.of(end - 1));
  return Array.from(stretch).some(
    (character) => character > '\x7f' && fold(character.codePointAt(0) as number).kind !== 'plain',
  );
}

/** The text without characters that nobody sees. Emoji joined by such characters fall apart into their parts. */
export function withoutInvisible(text: string): string {
  return ASCII.test(text) ? text : text.replace(ALL_INVISIBLE, '');
}

/** @returns where the character at `index` of the normalised text begins in the original */
export function originOf({ origins }: Normalised, index: number): number {
  return origins ? origins.of(index) : index;
}

function fold(point: number): Folded {
  const before = known.get(point);
  if (before) return before;
  const folded = foldCharacter(String.fromCodePoint(point));
  if (known.size < KNOWN_LIMIT) known.set(point, folded);
  return folded;
}

function foldCharacter(character: string): Folded {
  if (INVISIBLE.test(character)) return { text: '', kind: 'invisible' };
  const plain = character.normalize('NFKD').replace(MARK, '');
  const latin = Array.from(plain)
    .map((letter) => CONFUSABLES.get(letter) ?? letter)
    .join('');
  // no letter of ours comes out of a longer expansion
  const short = latin.length > EXPANSION ? character : latin;
  const kind = CONFUSABLES.has(character) || isVariant(character, short) ? 'confusable' : 'plain';
  // lower case must not change the length later on
  return { text: short.toLowerCase().length === short.length ? short : short.toLowerCase(), kind };
}

/** A letter in another cut: wide, bold, circled. What is only a letter with an accent stays one without compatibility. */
function isVariant(character: string, folded: string): boolean {
  if (!/^[a-z]$/i.test(folded) || OWN_SIGNS.has(character)) return false;
  return !/^[a-z]$/i.test(character.normalize('NFD').replace(MARK, ''));
}
