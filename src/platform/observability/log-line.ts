/** Reading finished lines of JSON: every string in them, without parsing what is as it should be. */

/** Shorter strings are names of ours, or too short to name a person. */
const FREE = 11;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** What the gateway makes itself. A line without them is of no use, and nobody can be found by them. */
const OWN_FIELDS = new Set([
  ...['time', 'tenant', 'key', 'key_id', 'call_id', 'entry', 'entry_id', 'review', 'verification', 'hash', 'version'],
]);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a value of that field is an identifier of ours. */
export function isOwn(field: string, value: string): boolean {
  return OWN_FIELDS.has(field) || (value.length === 36 && UUID.test(value));
}

/**
 * Whether one of the strings long enough to say something is to be changed.
 * @param objects told of each, as it is spelled in JSON
 */
export function someFreeText(line: string, objects: (spelled: string) => boolean): boolean {
  let [keyStart, keyEnd] = [0, 0];
  for (let open = line.indexOf('"'); open >= 0; ) {
    const close = closingQuote(line, open + 1);
    if (line.charCodeAt(close + 1) === COLON) [keyStart, keyEnd] = [open + 1, close];
    else if (close - open > FREE) {
      const spelled = line.slice(open + 1, close);
      if (!isOwn(line.slice(keyStart, keyEnd), spelled) && objects(spelled)) return true;
    }
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
