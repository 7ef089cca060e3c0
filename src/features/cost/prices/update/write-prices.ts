import { isMap, isScalar, isSeq, parseDocument, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { rowText } from './price-row';
import type { PriceChange } from './compare-prices';

/** Text to put in the place of that from `start` up to `end`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
export interface EditedPrices {
  readonly text: string;
  /** What has to be changed by hand, and why. */
  readonly refused: readonly { readonly target: string; readonly reason: string }[];
}

/**
 * The price file with those changes written into it, each as prices from `day` on after those that there were; a model that is new
 * has no earlier prices, and gets its own for all time. Whatever else the file holds, comments too, stays as it is.
 */
export function editPrices(file: string, changes: readonly PriceChange[], day: string): EditedPrices {
  const document = parseDocument(file);
  const prices = document.get('prices', true);
  const edits: Edit[] = [];
  const refused: { target: string; reason: string }[] = [];
  for (const change of changes) {
    const edit = isMap(prices) ? editOf(file, prices, change, day) : 'the file has no prices in block style';
    if (typeof edit === 'string') refused.push({ target: change.target, reason: edit });
    else edits.push(edit);
  }
  return { text: applied(file, edits), refused };
}

/** Which state of a list was read. */
export interface Seen {
  readonly url: string;
  readonly release: string;
}

/** The file with the day of its last change, and what was seen at a source of its, where that is one. */
export function dateFile(file: string, seen: Seen | undefined, day: string): string {
  const document = parseDocument(file);
  const edits: Edit[] = [];
  const replace = (node: unknown, text: string) => {
    if (isScalar(node) && node.range) edits.push({ start: node.range[0], end: node.range[1], text });
  };
  replace(document.get('version', true), `'${day}'`);
  const sources = document.get('sources', true);
  const seenAt =
    seen && isSeq(sources)
      ? sources.items.find((source) => isMap(source) && source.get('url') === seen.url)
      : undefined;
  if (seen && isMap(seenAt)) {
    replace(seenAt.get('date', true), day);
    replace(seenAt.get('release', true), seen.release);
  }
  return applied(file, edits);
}

function editOf(file: string, prices: YAMLMap, { target, after }: PriceChange, day: string): Edit | string {
  const pairs = prices.items as Pair<Scalar>[];
  const index = pairs.findIndex(({ key }) => key.value === target);
  if (index < 0) return added(file, pairs, target, after);
  const { key, value } = pairs[index]!;
  if (!(isMap(value) || isSeq(value)) || !value.range || !key.range) return 'its prices are not written out';
  if (JSON.stringify(value.toJSON()).includes(`"from":"${day}"`)) return `it has prices from ${day} already`;
  const rows = after.map((row) => rowText(row, day));
  if (isSeq(value) && !value.flow) {
    const [last] = value.items.slice(-1);
    if (!isMap(last) || !last.range) return 'its prices are not written out';
    const start = endOfLine(file, last.range[1]);
    return { start, end: start, text: listed(rows) };
  }
  const [start, end] = [endOfLine(file, key.range[1], ':'), value.range[1]];
  const old = file.slice(value.range[0], end);
  if (old.includes('#') || old.includes('\n')) return 'its prices are written over several lines';
  const items = isSeq(value) ? value.items.map((item) => textOf(file, item)) : [old];
  return { start, end, text: listed([...items, ...rows]) };
}

/** After the last model of its provider, or of all. */
function added(
  file: string,
  pairs: readonly Pair<Scalar>[],
  target: string,
  after: PriceChange['after'],
): Edit | string {
  const provider = target.slice(0, target.indexOf('/') + 1);
  const neighbour = pairs.findLast(({ key }) => String(key.value).startsWith(provider)) ?? pairs.at(-1);
  const end = isMap(neighbour?.value) || isSeq(neighbour?.value) ? neighbour.value.range?.[1] : undefined;
  if (end === undefined) return 'there is no place for it';
  const start = endOfLine(file, file[end - 1] === '\n' ? end - 1 : end);
  const rows = after.map((row) => rowText(row));
  const name = /^[\w./-]{1,200}$/.test(target) ? target : JSON.stringify(target);
  return { start, end: start, text: `\n  ${name}:${rows.length === 1 ? ` ${rows[0]}` : listed(rows)}` };
}

function listed(rows: readonly string[]): string {
  return rows.map((row) => `\n    - ${row}`).join('');
}

function textOf(file: string, item: unknown): string {
  const range = isMap(item) ? item.range : undefined;
  return range ? file.slice(range[0], range[1]) : '';
}

/** Where the line ends, or behind the first `mark` in it. */
function endOfLine(file: string, from: number, mark?: string): number {
  if (mark !== undefined) return file.indexOf(mark, from) + mark.length;
  const end = file.indexOf('\n', from);
  return end < 0 ? file.length : end;
}

function applied(file: string, edits: readonly Edit[]): string {
  // from the end, so that no place moves; of those for one place the last goes in first
  const ordered = edits.map((edit, at) => ({ ...edit, at })).toSorted((a, b) => b.start - a.start || b.at - a.at);
  return ordered.reduce((text, { start, end, text: put }) => text.slice(0, start) + put + text.slice(end), file);
}
