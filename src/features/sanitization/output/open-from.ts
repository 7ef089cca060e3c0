/** Characters of one unbroken word that are held back at most. */
export const LONGEST_WORD = 1_024;
/** Characters of a value in groups that are held back at most. */
const LONGEST_GROUPS = 64;
/** Characters between two groups of one value. */
const LONGEST_GAP = 3;
/** ASCII that a value may go on with. */
const WORD = new Uint8Array(128);
for (const char of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_@.+/=:%-!#$&'*\\")
  WORD[char.charCodeAt(0)] = 1;
/** What stands between groups, some of it part of words too. */
const BETWEEN = /[ (),.\-/\u0085\u1680\p{Zs}\u2028\u2029]/u;
const DIGIT = /[\d@\p{N}]/u;
const MONTH =
  /^(?:jan|fev|feb|ene|mar|abr|apr|mai|may|jun|jul|ago|aug|set|sep|out|oct|nov|dez|dec|dic)[a-zç]{0,7}\.?$/i;
/** A group that has no digit, within an account number or a date: `GB29 NWBK 6016`, `12 de março`. */
const LETTERS = /^[a-z]{1,4}$/i;

/**
 * Where the part of a text begins that may be the beginning of something: the word that is not over, and groups of digits, short
 * letters or names of months before it. Detectors read other forms of digits, spaces and dashes as the plain ones, and pass
 * over invisible characters; so they count as such here. Scripts that put no spaces between words are not held back.
 */
export function openFrom(text: string): number {
  let start = wordStart(text, text.length, LONGEST_WORD);
  let at = start;
  let wasLetters = false;
  while (at > 0 && text.length - at < LONGEST_GROUPS) {
    let gap = at;
    while (gap > 0 && at - gap < LONGEST_GAP && BETWEEN.test(text[gap - 1] as string)) gap--;
    const group = wordStart(text, gap, LONGEST_GROUPS - (text.length - gap));
    if (group === gap) break;
    const written = text.slice(group, gap);
    if (DIGIT.test(written) || MONTH.test(written)) {
      start = group;
      wasLetters = false;
    } else if (wasLetters || !LETTERS.test(written)) break;
    else wasLetters = true;
    at = group;
  }
  return start;
}

function wordStart(text: string, end: number, most: number): number {
  let start = end;
  while (start > 0 && end - start < most && isWord(text.charCodeAt(start - 1))) start--;
  return start;
}

function isWord(code: number): boolean {
  if (code < 128) return WORD[code] === 1;
  // halves of characters: digits and letters of other styles, and what is invisible
  if (code >= 0xd800 && code < 0xe000) return true;
  if (code >= 0xfe00) return true;
  return code > 0xa0 && code < 0x2e80 && !(code >= 0x2000 && code <= 0x200a) && code !== 0x1680 && !isWideSpace(code);
}

function isWideSpace(code: number): boolean {
  return code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f;
}
