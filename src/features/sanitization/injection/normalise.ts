import { CONFUSABLES } from './confusables';

/** A text as the rules read it. */
export interface Normalised {
  /** Accents, invisible characters and letters that only look Latin are folded away; case is kept. */
  readonly text: string;
  /** UTF-16 offset into the original of the character at each index of `text`, and of its end; undefined: they are the same. */
  readonly origins: Int32Array | undefined;
  /** How many characters that cannot be seen were left out. */
  readonly invisible: number;
  /** How many letters were replaced by the Latin ones that they resemble. */
  readonly confusable: number;
  /** What was spelt in characters of the Tags block, which no reader sees. */
  readonly smuggled: string;
}

// eslint-disable-next-line no-control-regex
const ASCII = /^[\x00-\x7f]*$/;
/** Format characters (zero width, bidirectional, soft hyphen, tags), variation selectors, and fillers drawn as nothing. */
const INVISIBLE = /^[\p{Cf}\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5]$/u;
const MARK = /\p{M}/gu;
const TAGS = { first: 0xe0020, last: 0xe007e, base: 0xe0000 };
/** A black flag and tags are the flag of a country's part, and nothing hidden. */
const FLAG = 0x1f3f4;
const EXPANSION = 4;
const KNOWN_LIMIT = 8_192;
const SMUGGLED_LIMIT = 4_096;

const known = new Map<number, string>();

/** Linear in the text. Nothing in it makes the result longer than four times the text. */
export function normalise(original: string): Normalised {
  if (ASCII.test(original)) return { text: original, origins: undefined, invisible: 0, confusable: 0, smuggled: '' };
  const origins: number[] = [];
  let [text, smuggled] = ['', ''];
  let [invisible, confusable] = [0, 0];
  let flag = false;
  for (let at = 0; at < original.length;) {
    const point = original.codePointAt(at) as number;
    const units = point > 0xffff ? 2 : 1;
    if (point < 0x80) {
      text += original[at];
      origins.push(at);
      flag = false;
    } else {
      const folded = fold(point);
      const tag = point >= TAGS.first && point <= TAGS.last;
      if (folded === '') invisible += Number(INVISIBLE.test(String.fromCodePoint(point)));
      if (tag && !flag && smuggled.length < SMUGGLED_LIMIT) smuggled += String.fromCharCode(point - TAGS.base);
      flag = point === FLAG || (flag && tag);
      if (folded !== '' && CONFUSABLES.has(String.fromCodePoint(point))) confusable++;
      text += folded;
      for (let i = 0; i < folded.length; i++) origins.push(at);
    }
    at += units;
  }
  origins.push(original.length);
  return { text, origins: Int32Array.from(origins), invisible, confusable, smuggled };
}

/** @returns where the character at `index` of the normalised text begins in the original */
export function originOf({ origins }: Normalised, index: number): number {
  return origins ? (origins[Math.min(index, origins.length - 1)] as number) : index;
}

function fold(point: number): string {
  const before = known.get(point);
  if (before !== undefined) return before;
  const folded = foldCharacter(String.fromCodePoint(point));
  if (known.size < KNOWN_LIMIT) known.set(point, folded);
  return folded;
}

function foldCharacter(character: string): string {
  if (INVISIBLE.test(character)) return '';
  const plain = character.normalize('NFKD').replace(MARK, '');
  const latin = [...plain].map((letter) => CONFUSABLES.get(letter) ?? letter).join('');
  // no letter of ours comes out of a longer expansion, and lower case must not change the length
  const short = latin.length > EXPANSION ? character : latin;
  return short.toLowerCase().length === short.length ? short : short.toLowerCase();
}
