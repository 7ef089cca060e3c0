/** Reading finished lines of JSON: every string in them, without parsing what is as it should be. */

/** Shorter strings are names of ours, or too short to name a person. */
const FREE = 11;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const HYPHEN = 0x2d;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NONE: ReadonlySet<string> = new Set();

/** What the gateway makes itself. A line without them is of no use, and nobody can be found by them. */
const OWN_FIELDS = new Set(
  'time tenant key key_id call_id session entry entry_id review verification hash version'.split(' '),
);

/** Whether a value of that field may say anything: it is long enough, and no identifier of ours. */
export function isFree(field: string, value: string): boolean {
  return value.length >= FREE && !isUuid(value) && !OWN_FIELDS.has(field);
}

/**
 * Whether one of the strings that may say something is to be changed.
 * @param objects told of each, as it is spelled in JSON
 * @param harmless of those it need not be told
 */
export function someFree(
  line: string,
  objects: (spelled: string) => boolean,
  harmless: ReadonlySet<string> = NONE,
): boolean {
  // strings stand behind the names of fields; those in lists, and what is escaped, want a closer look
  if (line.includes('[')) return someFreeAnywhere(line, objects);
  for (let colon = line.indexOf('":"'); colon >= 0;) {
    const start = colon + 3;
    const end = line.indexOf('"', start);
    if (line.charCodeAt(end - 1) === BACKSLASH) return someFreeAnywhere(line, objects);
    if (end - start >= FREE) {
      const spelled = line.slice(start, end);
      if (!isUuid(spelled) && !harmless.has(spelled)) {
        const field = line.slice(line.lastIndexOf('"', colon - 1) + 1, colon);
        if (!OWN_FIELDS.has(field) && objects(spelled)) return true;
      }
    }
    colon = line.indexOf('":"', end);
  }
  return false;
}

function someFreeAnywhere(line: string, objects: (spelled: string) => boolean): boolean {
  let field = '';
  for (let open = line.indexOf('"'); open >= 0;) {
    const close = closingQuote(line, open + 1);
    const spelled = line.slice(open + 1, close);
    if (line.charCodeAt(close + 1) === COLON) field = spelled;
    else if (isFree(field, spelled) && objects(spelled)) return true;
    open = line.indexOf('"', close + 1);
  }
  return false;
}

function closingQuote(line: string, from: number): number {
  for (let at = from; ; at++) {
    at = line.indexOf('"', at);
    if (at < 0) return line.length;
    let escapes = 0;
    while (line.charCodeAt(at - 1 - escapes) === BACKSLASH && at - 1 - escapes >= from) escapes++;
    if (escapes % 2 === 0) return at;
  }
}

/** In small letters, as we make them. */
function isUuid(text: string): boolean {
  return text.length === 36 && text.charCodeAt(8) === HYPHEN && UUID.test(text);
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
