const ESCAPE = /\\(?:u([0-9a-f]{4})|([^u]))/gi;
const BLANKS = 'bfnrt';
/** Detectors pass over it, so that what was an escape stays as long as it was. */
const NOTHING = '\u200b';

/**
 * Text of JSON, or a part of it, as detectors are to read it: escapes are the characters that they stand for, and everything is
 * where it was.
 */
export function unescaped(json: string): string {
  if (!json.includes('\\')) return json;
  return json.replace(ESCAPE, (written: string, code: string | undefined, char: string | undefined) => {
    const meant = code ? String.fromCharCode(Number.parseInt(code, 16)) : BLANKS.includes(char ?? '') ? ' ' : char;
    return `${meant ?? ''}${NOTHING.repeat(written.length - 1)}`;
  });
}

/** Where what ends at `end` of an unescaped text ends in the text that was given: the rest of its last escape belongs to it. */
export function writtenEnd(text: string, end: number): number {
  let at = end;
  while (text[at] === NOTHING) at++;
  return at;
}

/** What a stretch of JSON text stands for. */
export const meaningOf = (json: string): string =>
  json.includes('\\') ? unescaped(json).replaceAll(NOTHING, '') : json;
