import type { Plain } from './header';

/** Deep enough for every entry, shallow enough for every verifier. */
const DEPTH = 32;
const NAMES_KEPT = 4_096;

/** Text that stands for itself between quotation marks. */
const ORDINARY = /^[ !#-[\]-~]*$/;
const NINE = 0x39;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What cannot be written canonically, or is not written so. */
export class CanonicalError extends Error {}

const names = new Map<string, string>();

/**
 * RFC 8785, restricted: objects, arrays, strings, booleans and whole numbers from 0 to 2^53 - 1. Members that are
 * undefined are left out.
 * @throws CanonicalError for anything else
 */
export function canonicalise(value: Plain): string {
  return write(value, DEPTH);
}

/** @throws CanonicalError unless the text is exactly what `canonicalise` makes of the value */
export function parseCanonical(text: string): Plain {
  let value: Plain;
  try {
    value = JSON.parse(text) as Plain;
  } catch {
    throw new CanonicalError('not JSON');
  }
  if (lengthOf(value, DEPTH) === text.length && text.isWellFormed()) return value;
  if (canonicalise(value) !== text) throw new CanonicalError('not in canonical form');
  return value;
}

/**
 * How long the canonical text of a parsed value is where nothing has to be escaped, without writing it. Any other text of that value is longer: space, an escape, a
 * member that is there twice, a fraction or a sign only add to it. So text of this length is canonical, but for halves of
 * characters. NaN where that is not so: when names like 10 were moved, members are not in order, or a number ends in two zeroes,
 * as 1e2 is no longer than 100.
 */
function lengthOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return lengthOfNumber(value);
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (typeof value !== 'object' || value === null || !depth) return Number.NaN;
  let length = 1;
  if (Array.isArray(value)) {
    for (const item of value) length += 1 + lengthOf(item, depth - 1);
    return Math.max(2, length);
  }
  let before = '';
  for (const name in value) {
    if (before >= name || name.charCodeAt(0) <= NINE) return Number.NaN;
    length += name.length + 4 + lengthOf((value as Record<string, unknown>)[name], depth - 1);
    before = name;
  }
  return Math.max(2, length);
}

function lengthOfNumber(value: number): number {
  if (value === 0) return 1;
  if (!Number.isSafeInteger(value) || value < 0 || value % 100 === 0) return Number.NaN;
  return value < 10 ? 1 : `${value}`.length;
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      if (!Number.isSafeInteger(value) || value < 0) throw new CanonicalError('a number is not whole, or out of range');
      return `${value}`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) throw new CanonicalError('null is not allowed');
      if (!depth) throw new CanonicalError(`deeper than ${DEPTH} levels`);
      return Array.isArray(value) ? writeArray(value, depth - 1) : writeObject(value, depth - 1);
    default:
      throw new CanonicalError(`${typeof value} is not allowed`);
  }
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) text += i ? `,${write(items[i], depth)}` : write(items[i], depth);
  return `${text}]`;
}

function writeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new CanonicalError('only plain objects are allowed');
  const members = value as Record<string, unknown>;
  let text = '';
  for (const name of sortedNames(members)) {
    const member = members[name];
    if (member !== undefined) text += `${text && ','}${quoteName(name)}:${write(member, depth)}`;
  }
  return `{${text}}`;
}

/** By UTF-16 code units, as JavaScript compares; mostly they are sorted already. */
function sortedNames(members: object): string[] {
  const found = Object.keys(members);
  for (let i = 1; i < found.length; i++) if ((found[i - 1] as string) > (found[i] as string)) return found.sort();
  return found;
}

function quoteName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const text = quote(name);
  if (names.size < NAMES_KEPT) names.set(name, text);
  return text;
}

function quote(text: string): string {
  if (ORDINARY.test(text)) return `"${text}"`;
  if (LONE_SURROGATE.test(text)) throw new CanonicalError('a string holds half a character');
  return JSON.stringify(text);
}
