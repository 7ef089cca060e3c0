import { Alphabet, DIGITS, HEX, LETTERS } from '../text/alphabet';
import { reverse, rot13 } from './vocabulary';

/** A text that another one contains in a spelling of its own. */
export interface Derived {
  readonly encoding: 'base64' | 'hex' | 'url' | 'rot13' | 'reversed' | 'tags';
  readonly text: string;
  /** Where it stands in the text that was given. */
  readonly start: number;
  readonly end: number;
}

const PIECES = 8;
const DECODED_LIMIT = 8_192;
const BASE64 = { letters: new Alphabet(`${DIGITS}${LETTERS}+/_-`), pattern: /[A-Za-z0-9+/_-]{24,8192}={0,2}/g };
const HEXADECIMAL = { letters: new Alphabet(`${HEX} :`), pattern: /(?:[0-9a-fA-F]{2}[ :]?){12,4096}/g };
const ESCAPE = /%[0-9a-fA-F]{2}/;
const ESCAPES = /(?:%[0-9a-fA-F]{2}){1,64}/g;
const HEX_ESCAPES = 2;
/** Characters in a row below which the patterns cannot match; counting them is cheaper than trying. */
const SHORTEST = 24;
/** Words, as opposed to bytes that happen to be printable. */
const LEAST_WORDS = 3;

/** Decodes what looks encoded, once: what is found inside is not decoded again. Bounded in pieces and in length. */
export function decodedIn(text: string): readonly Derived[] {
  const found: Derived[] = [];
  for (const match of matches(text, BASE64)) {
    // words with hyphens and paths are of these letters too; encoded text mixes cases or has digits
    if (!/[a-z]/.test(match[0]) || !/[A-Z]/.test(match[0])) continue;
    take('base64', Buffer.from(match[0], 'base64'), match);
  }
  for (const match of matches(text, HEXADECIMAL)) take('hex', Buffer.from(match[0].replace(/[ :]/g, ''), 'hex'), match);
  if (ESCAPE.test(text)) {
    const head = text.slice(0, DECODED_LIMIT);
    if ((head.match(/%[0-9a-fA-F]{2}/g)?.length ?? 0) >= HEX_ESCAPES)
      found.push({
        encoding: 'url',
        text: head.replace(ESCAPES, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8')),
        start: 0,
        end: head.length,
      });
  }
  return found;

  function take(encoding: Derived['encoding'], bytes: Buffer, { index, 0: whole }: RegExpExecArray): void {
    const decoded = bytes.toString('utf8');
    if (readable(decoded)) found.push({ encoding, text: decoded, start: index, end: index + whole.length });
  }
}

/** The whole text turned round, for a text whose words give it away. */
export function turned(text: string, encoding: 'rot13' | 'reversed'): Derived {
  const head = text.slice(0, DECODED_LIMIT);
  return { encoding, text: encoding === 'rot13' ? rot13(head) : reverse(head), start: 0, end: head.length };
}

function readable(text: string): boolean {
  let words = 0;
  let printable = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd) return false;
    if (code === 32) words++;
    if (code >= 32 || code === 10 || code === 13 || code === 9) printable++;
  }
  return words + 1 >= LEAST_WORDS && printable >= text.length * 0.95;
}

function matches(text: string, { letters, pattern }: typeof BASE64): readonly RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  if (!letters.run(text, SHORTEST)) return found;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match && found.length < PIECES; match = pattern.exec(text)) found.push(match);
  return found;
}
