import { matchEnd } from './detectors/number-detector';
import { Alphabet, DIGITS, LETTERS } from './text/alphabet';

/** A stretch of text that says something else when it is decoded. */
export interface Encoded {
  readonly start: number;
  readonly end: number;
  readonly decoded: string;
}

/** Longer stretches are left alone. */
export const LONGEST_ENCODED = 4_096;
const PERCENT = /[0-9A-Za-z._~+%-]+/g;
const TRIPLET = /%[0-9a-f]{2}/i;
const BASE64 = new Alphabet(`${DIGITS}${LETTERS}+/_-`);
const SHORTEST_BASE64 = 16;
const PADDING = /={0,2}/y;
/** Base64 of text has both cases; words, paths and hexadecimal numbers mostly do not. */
const MIXED = /^(?=[^A-Z]*[A-Z])[^a-z]*[a-z]/;
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\u00a0-\u{10ffff}]/u;
const PROBE = 16;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Percent-encoded and base64 stretches whose content is text, decoded once. Takes steps in proportion to the text. */
export function* encodedIn(text: string): Generator<Encoded> {
  if (text.includes('%'))
    for (const { 0: written, index } of text.matchAll(PERCENT)) {
      if (written.length > LONGEST_ENCODED || !TRIPLET.test(written)) continue;
      const decoded = decodePercent(written);
      if (decoded !== undefined) yield { start: index, end: index + written.length, decoded };
    }
  for (let run = BASE64.run(text, SHORTEST_BASE64); run; run = BASE64.run(text, SHORTEST_BASE64, run.end)) {
    const { start } = run;
    const end = matchEnd(PADDING, text, run.end);
    const written = text.slice(start, end);
    if (written.length > LONGEST_ENCODED || !MIXED.test(written)) continue;
    const decoded = decodeBase64(written);
    if (decoded !== undefined) yield { start, end, decoded };
  }
}

function decodePercent(written: string): string | undefined {
  try {
    return decodeURIComponent(written.replaceAll('+', ' ').replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return undefined; // not UTF-8
  }
}

function decodeBase64(written: string): string | undefined {
  // most are no text, and a few bytes show it
  if (!isAscii(Buffer.from(written.slice(0, PROBE), 'base64')) && decodeText(written.slice(0, 64)) === undefined)
    return;
  return decodeText(written);
}

const isAscii = (bytes: Buffer): boolean => bytes.every((byte) => byte >= 32 && byte < 127);

function decodeText(written: string): string | undefined {
  try {
    const bytes = Buffer.from(written, 'base64');
    const text = utf8.decode(bytes.subarray(0, written.length === 64 ? 45 : bytes.length), { stream: false });
    return UNPRINTABLE.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
