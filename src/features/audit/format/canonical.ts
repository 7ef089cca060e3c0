import { canonicalJson } from '../../../contract/canonical-json';
import type { Plain } from './header';

/** Deep enough for every entry, shallow enough for every verifier. */
const DEPTH = 32;
const NINE = 0x39;
/** JSON escapes half a character; a backslash that is itself escaped begins nothing. */
const HALF_A_CHARACTER = /(?:^|[^\\])(?:\\\\)*\\ud/;

/** What cannot be written canonically, or is not written so. */
export class CanonicalError extends Error {}

/**
 * RFC 8785, restricted: objects, arrays, strings, booleans and whole numbers from 0 to 2^53 - 1. Members that are
 * undefined are left out.
 * @throws CanonicalError for anything else
 */
export function canonicalise(value: Plain): string {
  // by far the fastest writer is the engine's own
  const text = isInOrder(value, DEPTH) ? JSON.stringify(value) : canonicalJson(value);
  if (text.includes('\\ud') && HALF_A_CHARACTER.test(text)) throw new CanonicalError('a string holds half a character');
  return text;
}

/** A copy whose members are in the order of canonical text: a value that is written often is made so, to be sorted once. */
export function inOrder<Members extends Readonly<Record<string, unknown>>>(members: Members): Members {
  return Object.fromEntries(
    Object.keys(members)
      .sort()
      .map((name) => [name, members[name]]),
  ) as Members;
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

/**
 * Whether the engine writes the value canonically: members are in order already. Names like 10 come first in every object,
 * whatever order they were given in.
 * @throws CanonicalError for what must not be written
 */
function isInOrder(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      if (!Number.isSafeInteger(value) || value < 0) throw new CanonicalError('a number is not whole, or out of range');
      return true;
    case 'object':
      if (value === null) throw new CanonicalError('null is not allowed');
      if (!depth) throw new CanonicalError(`deeper than ${DEPTH} levels`);
      return Array.isArray(value) ? areItemsInOrder(value, depth - 1) : areMembersInOrder(value, depth - 1);
    default:
      throw new CanonicalError(`${typeof value} is not allowed`);
  }
}

function areItemsInOrder(items: readonly unknown[], depth: number): boolean {
  let ordered = true;
  for (const item of items) if (!isInOrder(item, depth)) ordered = false;
  return ordered;
}

function areMembersInOrder(value: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new CanonicalError('only plain objects are allowed');
  let ordered = true;
  let before = '';
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    // looked at in any case: it may be nothing that can be written
    if (!isInOrder(member, depth) || before > name) ordered = false;
    before = name;
  }
  return ordered;
}
