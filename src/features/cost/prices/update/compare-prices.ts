import { priceAt } from '../../../../platform/config/price-at';
import type { Prices } from '../../../../platform/config/prices';
import { PRICE_FIELDS, rowsOf, type PriceRow } from './price-row';

/** A model whose price in the book is not what the list says today. */
export interface PriceChange {
  readonly target: string;
  /** In force today; empty where the book has nothing of the model. */
  readonly before: readonly PriceRow[];
  /** The list's prices, with what it is silent about kept. */
  readonly after: readonly PriceRow[];
}
export interface Comparison {
  readonly changes: readonly PriceChange[];
  /** The book's models of which the list says nothing. */
  readonly unlisted: readonly string[];
  readonly compared: number;
}

/**
 * Compares the book, as of `atMs`, with a list: every model in the book, and each of `wanted` that is in the list and has no
 * price yet.
 */
export function comparePrices(
  prices: Prices['prices'],
  listed: ReadonlyMap<string, readonly PriceRow[]>,
  wanted: Iterable<string>,
  atMs: number,
): Comparison {
  const missing = [...wanted].filter((target) => !priceAt(prices, target, atMs) && listed.has(target));
  const known = Object.keys(prices).filter((name) => !name.endsWith('/*'));
  const targets = [...new Set([...known, ...missing])];
  const changes = targets.flatMap((target): PriceChange[] => {
    const found = listed.get(target);
    if (!found) return [];
    const period = Object.hasOwn(prices, target) ? priceAt(prices, target, atMs) : undefined;
    const before = period ? rowsOf(period) : [];
    const after = found.map((row) => completed(row, before));
    return alike(before, after) ? [] : [{ target, before, after }];
  });
  const unlisted = known.filter((name) => !listed.has(name));
  return { changes, unlisted, compared: targets.length - unlisted.length };
}

/** What the list is silent about stays as it was for prompts of that length. */
function completed(row: PriceRow, before: readonly PriceRow[]): PriceRow {
  return { ...before.find(({ above }) => above === row.above), ...row };
}

function alike(before: readonly PriceRow[], after: readonly PriceRow[]): boolean {
  const same = (one: PriceRow, two: PriceRow | undefined) =>
    one.above === two?.above && PRICE_FIELDS.every((field) => one[field] === two?.[field]);
  return before.length === after.length && before.every((row, at) => same(row, after[at]));
}

/** What a person reads of a change: one line for each length of prompt. */
export function changeText({ target, before, after }: PriceChange): string {
  const lengths = [...new Set([...before, ...after].map(({ above }) => above))];
  const lines = lengths.map((above) => {
    const [old, now] = [before, after].map((rows) => rows.find((row) => row.above === above));
    const name = above === undefined ? target : `  above ${above} tokens`;
    const fields = PRICE_FIELDS.flatMap((field) => {
      const [was, is] = [old?.[field], now?.[field]];
      return was === is ? [] : [`${field} ${shown(was)} → ${shown(is)}`];
    });
    return `${name.padEnd(36)} ${fields.join(', ') || 'as before'}`;
  });
  return lines.join('\n');
}

function shown(micros: number | undefined): string {
  return micros === undefined ? 'none' : String(micros / 1_000_000);
}
