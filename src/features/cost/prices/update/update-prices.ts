import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { priceAt } from '../../../../platform/config/price-at';
import { PriceFile } from '../../../../platform/config/prices';
import type { PriceFiles } from '../price-files';
import { changeText, comparePrices, type PriceChange } from './compare-prices';
import { rowsOf, rowText } from './price-row';
import { readPublicList } from './public-list';
import { dateFile, editPrices, type Seen } from './write-prices';

export interface PriceUpdate {
  /** The text of the public list, and its URL when it came from there. */
  readonly list: string;
  readonly url?: string;
  /** Nothing is written without. */
  readonly write: boolean;
  /** Only these models; all when empty. One that is not in the book is added. */
  readonly only: readonly string[];
  readonly now: number;
}

/**
 * Compares the price file with a public list, says what differs, and writes it when asked to.
 * @returns what to tell the person who asked
 * @throws Error the list is none, or what would be written does not say what it should
 */
export function updatePrices(files: PriceFiles, { list, url, write, only, now }: PriceUpdate): string[] {
  const listed = readPublicList(list);
  const unknown = only.filter((target) => !listed.has(target));
  if (unknown.length) throw new Error(`the list has nothing of ${unknown.join(', ')}`);
  const offered = [...Object.values(files.models.aliases).flat(), ...Object.keys(files.models.models)];
  const { changes, unlisted, compared } = comparePrices(files.prices.prices, listed, [...offered, ...only], now);
  const chosen = changes.filter(({ target }) => !only.length || only.includes(target));
  const said = [
    ...chosen.map(changeText),
    `${compared} compared, ${chosen.length} different.`,
    ...(unlisted.length ? [`The list has no price of: ${unlisted.join(', ')}.`] : []),
  ];
  if (!chosen.length) return said;
  if (!write) return [...said, 'Nothing was written; --write does that.'];
  return [
    ...said,
    ...written(files.file, chosen, url === undefined ? undefined : { url, release: releaseOf(list) }, now),
  ];
}

function written(file: string, changes: readonly PriceChange[], seen: Seen | undefined, now: number): string[] {
  const day = new Date(now).toISOString().slice(0, 10);
  const { text, refused } = editPrices(readFileSync(file, 'utf8'), changes, day);
  const done = changes.filter(({ target }) => !refused.some((left) => left.target === target));
  const dated = dateFile(text, seen, day);
  const { prices } = PriceFile.parse(parse(dated));
  for (const { target, after } of done) {
    const period = priceAt(prices, target, now);
    const meant = after.map((row) => rowText(row)).join();
    if (
      !period ||
      rowsOf(period)
        .map((row) => rowText(row))
        .join() !== meant
    )
      throw new Error(`nothing was written: ${target} would not cost what it should`);
  }
  if (done.length) {
    writeFileSync(`${file}.new`, dated);
    renameSync(`${file}.new`, file);
  }
  return [
    `${done.length} written to ${file}, in force from ${day}.`,
    ...refused.map(({ target, reason }) => `${target} is to be changed by hand: ${reason}.`),
  ];
}

/** A list at a URL has no other name than its content. */
function releaseOf(list: string): string {
  return `sha256-${createHash('sha256').update(list).digest('hex').slice(0, 16)}`;
}
