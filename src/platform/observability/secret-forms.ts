/** One way in which a secret may stand in a text. */
export interface SecretForm {
  readonly text: string;
  /** It is so plain that it counts only where no letter or digit touches it. */
  readonly word?: boolean;
  /** It is the middle of an encoding: a few characters on either side may belong to it. */
  readonly middle?: boolean;
}

/** Shorter values are found everywhere by chance. */
export const SHORTEST_SECRET = 8;

const PLAIN = /^[A-Za-z0-9]{8,11}$/;
const KEY_IN_BASE64 = /^[A-Za-z0-9+/]{43}=$/;
const URL_WITH_AUTHORITY = /^[a-z][a-z0-9+.-]{0,30}:\/\//i;

/** What of a loaded value is secret: all of it, and the parts that are used alone (keys of a list, the password of a URL). */
export function secretParts(value: string): readonly string[] {
  const parts = [value];
  if (URL_WITH_AUTHORITY.test(value)) parts.push(...passwordsIn(value));
  else if (value.includes(',')) parts.push(...value.split(',').map((part) => part.trim()));
  return [...new Set(parts)].filter((part) => part.length >= SHORTEST_SECRET);
}

/** A value in clear, escaped as JSON up to three times, percent-encoded, in base64 wherever it begins, and in hex. */
export function formsOf(value: string): readonly SecretForm[] {
  const word = PLAIN.test(value);
  const clear = [...inJson(value), ...percentEncoded(value)];
  return [
    ...distinct(clear).map((text) => ({ text, ...(word && { word }) })),
    ...formsOfBytes(Buffer.from(value)),
    ...(KEY_IN_BASE64.test(value) ? formsOfBytes(Buffer.from(value, 'base64')) : []),
  ];
}

/** Bytes in hex, base64 and base64url, wherever in a longer encoding they begin. */
export function formsOfBytes(bytes: Buffer): readonly SecretForm[] {
  const hex = bytes.toString('hex');
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const middles = [0, 1, 2].map((shift) => middleOf(bytes, shift));
  const inAlphabets = (text: string): string[] => [
    text,
    text.replaceAll('+', '-').replaceAll('/', '_'),
    ...percentEncoded(text),
  ];
  return [
    ...distinct([hex, hex.toUpperCase(), ...inAlphabets(whole)]).map((text) => ({ text })),
    ...distinct(middles.flatMap(inAlphabets)).map((text) => ({ text, middle: true })),
  ];
}

/** The characters of the base64 that do not depend on what stands before and after. */
function middleOf(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const bits = (shift + bytes.length) * 8;
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(bits / 6));
}

/** As `encodeURIComponent` does it, as RFC 3986 wants it, and as forms are sent; either case of the digits. */
function percentEncoded(text: string): string[] {
  const usual = encodeURIComponent(text.toWellFormed());
  const strict = usual.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const encoded = [usual, strict, strict.replaceAll('%20', '+')];
  return [...encoded, ...encoded.map((each) => each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

function passwordsIn(url: string): string[] {
  const parsed = URL.parse(url);
  if (!parsed) return [];
  const asked = [...parsed.searchParams].flatMap(([name, value]) =>
    /pass|secret|token|key/i.test(name) ? [value] : [],
  );
  // what stands between the last colon and the last @ of the authority, as it is spelled there
  const spelled = /^[^/]*\/\/[^/?#:]*:([^/?#]*)@/.exec(url)?.[1] ?? '';
  // a password that repeats the user or the database is none, and its word stands everywhere
  const open = new Set([decoded(parsed.username), decoded(parsed.pathname.slice(1))]);
  return [spelled, parsed.password, decoded(parsed.password), ...asked].filter((password) => !open.has(password));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As it is, and inside strings of JSON inside strings of JSON, as bodies are that a line quotes. */
function inJson(text: string): string[] {
  const levels = [text];
  while (levels.length <= 3) levels.push(JSON.stringify(levels.at(-1)).slice(1, -1));
  return levels;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST_SECRET);
}
