/** Reading finished lines of JSON: every string in them, without parsing what is as it should be. */

/** Shorter strings are names of ours, or too short to name a person. */
const FREE = 11;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const HYPHEN = 0x2d;

/** What the gateway makes itself. A line without them is of no use, and nobody can be found by them. */
const OWN_FIELDS = new Set([
  ...['time', 'tenant', 'key', 'key_id', 'call_id', 'entry', 'entry_id', 'review', 'verification', 'hash', 'version'],
]);

/** Whether a value of that field may say anything: it is long enough, and no identifier of ours. */
export function isFree(field: string, value: string): boolean {
  return value.length >= FREE && !isUuid(value, 0, value.length) && !OWN_FIELDS.has(field);
}

/**
 * Reads a line once.
 * @param objects told of each string that may say something, as it is spelled in JSON
 * @returns whether one of them is objected to, and whether all characters are printable ASCII
 */
export function readLine(
  line: string,
  objects: (spelled: string) => boolean,
): { readonly objected: boolean; readonly plain: boolean } {
  let plain = true;
  let objected = false;
  /** Where the string began that is being read; else negative. */
  let open = -1;
  let [fieldStart, fieldEnd] = [0, 0];
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) {
      if (open < 0) open = at + 1;
      else {
        if (line.charCodeAt(at + 1) === COLON) [fieldStart, fieldEnd] = [open, at];
        else if (at - open >= FREE && !objected && !isUuid(line, open, at))
          objected = !OWN_FIELDS.has(line.slice(fieldStart, fieldEnd)) && objects(line.slice(open, at));
        open = -1;
      }
    } else if (code === BACKSLASH) at++;
    else if (code < 0x20 || code > 0x7e) plain = false;
  }
  return { objected, plain };
}

/** In small letters, as we make them. */
function isUuid(text: string, start: number, end: number): boolean {
  if (end - start !== 36) return false;
  for (let at = 0; at < 36; at++) {
    const code = text.charCodeAt(start + at);
    const hyphen = at === 8 || at === 13 || at === 18 || at === 23;
    if (hyphen ? code !== HYPHEN : !((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return true;
}

export interface Changes {
  readonly text: (text: string, field: string) => string;
  /** A number becomes a string when this changes it. */
  readonly number: (digits: string) => string;
}

/** The same line with every string (names of fields too) and number changed. @throws SyntaxError when it is no JSON */
export function rewritten(line: string, change: Changes): string {
  const walk = (value: unknown, field: string): unknown => {
    if (typeof value === 'string') return change.text(value, field);
    if (typeof value === 'number') {
      const digits = String(value);
      const changed = change.number(digits);
      return changed === digits ? value : changed;
    }
    if (Array.isArray(value)) return value.map((each) => walk(each, field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [change.text(name, ''), walk(each, name)]));
  };
  return JSON.stringify(walk(JSON.parse(line), ''));
}
