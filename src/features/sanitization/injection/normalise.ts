import { CONFUSABLES } from './confusables';

/** A text as the rules read it. */
export interface Normalised {
  readonly original: string;
  /** Accents, invisible characters and letters that only look Latin are folded away; case is kept. */
  readonly text: string;
  /** UTF-16 offset into the original of the character at each index of `text`, and of its end; undefined: they are the same. */
  readonly origins: Int32Array | undefined;
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
  const origins = new Origins(original.length);
  let [text, smuggled] = ['', ''];
  let [invisible, confusable] = [0, 0];
  let flag = false;
  for (let at = 0; at < original.length;) {
    const plain = at;
    while (at < original.length && original.charCodeAt(at) < 0x80) at++;
    if (at > plain) {
      text += original.slice(plain, at);
      origins.addRun(plain, at);
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
  return { original, text, origins: origins.done(), invisible, confusable, smuggled };
}

/** An array of offsets that grows. */
class Origins {
  private offsets: Int32Array;
  private count = 0;

  constructor(expected: number) {
    this.offsets = new Int32Array(expected + 16);
  }

  add(origin: number, times: number): void {
    this.reserve(times);
    for (let i = 0; i < times; i++) this.offsets[this.count++] = origin;
  }

  addRun(from: number, to: number): void {
    this.reserve(to - from);
    for (let at = from; at < to; at++) this.offsets[this.count++] = at;
  }

  done(): Int32Array {
    return this.offsets.subarray(0, this.count);
  }

  private reserve(more: number): void {
    if (this.count + more <= this.offsets.length) return;
    const larger = new Int32Array(this.offsets.length * 2 + more);
    larger.set(this.offsets);
    this.offsets = larger;
  }
}

/** Whether, in a stretch of the normalised text, something was folded that hides what is written; accents do not. */
export function isDisguised(
  { original, origins, invisible, confusable }: Normalised,
  start: number,
  end: number,
): boolean {
  if (!origins || !(invisible || confusable)) return false;
  const stretch = original.slice(origins[start], origins[end - 1]);
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
  return origins ? (origins[Math.min(index, origins.length - 1)] as number) : index;
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
