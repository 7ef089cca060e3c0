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
const BASE64 = /[A-Za-z0-9+/_-]{24,8192}={0,2}/g;
const HEX = /(?:[0-9a-fA-F]{2}[ :]?){12,4096}/g;
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
  for (const match of hasRun(text, IN_BASE64) ? matches(text, BASE64) : []) {
    // words with hyphens and paths are of these letters too; encoded text mixes cases or has digits
    if (!/[a-z]/.test(match[0]) || !/[A-Z]/.test(match[0])) continue;
    take('base64', Buffer.from(match[0], 'base64'), match);
  }
  for (const match of hasRun(text, IN_HEX) ? matches(text, HEX) : [])
    take('hex', Buffer.from(match[0].replace(/[ :]/g, ''), 'hex'), match);
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

function matches(text: string, pattern: RegExp): readonly RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match && found.length < PIECES; match = pattern.exec(text)) found.push(match);
  return found;
}

const [IN_BASE64, IN_HEX] = [1, 2];
const CLASSES = new Uint8Array(128);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-')
  CLASSES[letter.charCodeAt(0)] = IN_BASE64;
for (const letter of '0123456789abcdefABCDEF') CLASSES[letter.charCodeAt(0)] = IN_BASE64 | IN_HEX;
for (const letter of ' :') CLASSES[letter.charCodeAt(0)] = IN_HEX;

/** Whether characters of a kind stand in a row for as long as a pattern needs: one of so many of them must be looked at. */
function hasRun(text: string, kind: number): boolean {
  for (let probe = SHORTEST - 1; probe < text.length;) {
    let start = probe;
    while (start > probe - SHORTEST && isOf(text.charCodeAt(start), kind)) start--;
    if (start === probe - SHORTEST) return true;
    probe = start + SHORTEST;
  }
  return false;
}

function isOf(code: number, kind: number): boolean {
  return code < 128 && ((CLASSES[code] as number) & kind) !== 0;
}
