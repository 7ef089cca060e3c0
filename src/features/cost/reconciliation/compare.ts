import type { Picos } from '../../../contract/money';
import type { ExportRow } from './export-row';
import { undated } from './model-names';

/** What one side says of a day and a model. What theirs does not tell is undefined. */
export interface Side {
  readonly requests: number | undefined;
  readonly inputTokens: number | undefined;
  readonly cachedTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cost: Picos | undefined;
}
/** What the ledger says. */
export interface OurDay extends Side {
  readonly day: string;
  readonly model: string;
  /** Requests without a price: their cost is in no sum. */
  readonly unpriced: number;
}

export type Status = 'agrees' | 'drifts' | 'missing_ours' | 'missing_theirs';
export interface Line {
  readonly day: string;
  /** Without the date of an edition; `*` where the export does not tell models apart. */
  readonly model: string;
  /** As both sides spell it. */
  readonly names: readonly string[];
  readonly ours: (Side & { readonly unpriced: number }) | undefined;
  readonly theirs: Side | undefined;
  /** By how many percent theirs is above ours; undefined where it cannot be said. */
  readonly tokenDrift: number | undefined;
  readonly costDrift: number | undefined;
  readonly status: Status;
}
export interface Comparison {
  readonly joinedBy: 'day_model' | 'day';
  readonly lines: readonly Line[];
  readonly total: Pick<Line, 'ours' | 'theirs' | 'tokenDrift' | 'costDrift'>;
  /** `incomplete`: one side has what the other lacks. */
  readonly verdict: 'agrees' | 'drifts' | 'incomplete';
}

/** A provider rounds each line of a bill; a cent on a line is no drift. */
const ROUNDING: Picos = 10_000_000_000n;
const ALL = '*';

interface Cell {
  readonly day: string;
  readonly model: string;
  readonly names: Set<string>;
  readonly ours: OurDay[];
  readonly theirs: ExportRow[];
}

/**
 * Holds what a provider says against the ledger, for each day and model.
 * @param ours of the days of the export, and of the provider it is from
 * @param tolerance percent that do not matter
 */
export function compare(ours: readonly OurDay[], theirs: readonly ExportRow[], tolerance: number): Comparison {
  const byModel = theirs.some(({ model }) => model !== undefined);
  const cells = cellsOf(ours, theirs, byModel);
  const lines = [...cells.values()]
    .map((cell) => lineOf(cell, tolerance))
    .sort((a, b) => (a.day + a.model < b.day + b.model ? -1 : 1));
  const all: Cell = { day: '', model: ALL, names: new Set(), ours: [...ours], theirs: [...theirs] };
  const { ours: our, theirs: their, tokenDrift, costDrift } = lineOf(all, tolerance);
  const some = (...statuses: Status[]) => lines.some(({ status }) => statuses.includes(status));
  return {
    joinedBy: byModel ? 'day_model' : 'day',
    lines,
    total: { ours: our, theirs: their, tokenDrift, costDrift },
    verdict: some('missing_ours', 'missing_theirs') ? 'incomplete' : some('drifts') ? 'drifts' : 'agrees',
  };
}

function cellsOf(ours: readonly OurDay[], theirs: readonly ExportRow[], byModel: boolean): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  const cellOf = (day: string, name: string | undefined): Cell => {
    const model = byModel ? undated(name ?? '') : ALL;
    const key = `${day} ${model}`;
    const cell = cells.get(key) ?? { day, model, names: new Set(), ours: [], theirs: [] };
    cells.set(key, cell);
    if (name) cell.names.add(name);
    return cell;
  };
  for (const row of theirs) cellOf(row.day, row.model).theirs.push(row);
  for (const row of ours) cellOf(row.day, row.model).ours.push(row);
  return cells;
}

function lineOf(cell: Cell, tolerance: number): Line {
  const ours = cell.ours.length
    ? { ...sumOf(cell.ours), unpriced: cell.ours.reduce((sum, { unpriced }) => sum + unpriced, 0) }
    : undefined;
  const theirs = cell.theirs.length ? sumOf(cell.theirs) : undefined;
  const tokenDrift = drift(tokensOf(ours), tokensOf(theirs));
  const costDrift = drift(ours?.cost, theirs?.cost);
  const status = statusOf(ours, theirs, tolerance, tokenDrift, costDrift);
  return {
    day: cell.day,
    model: cell.model,
    names: [...cell.names].sort(),
    ours,
    theirs,
    tokenDrift,
    costDrift,
    status,
  };
}

function statusOf(
  ours: Side | undefined,
  theirs: Side | undefined,
  tolerance: number,
  tokenDrift: number | undefined,
  costDrift: number | undefined,
): Status {
  if (isNothing(ours)) return isNothing(theirs) ? 'agrees' : 'missing_ours';
  if (isNothing(theirs)) return 'missing_theirs';
  const tokensDiffer =
    tokensOf(theirs) !== undefined && beyond(tokenDrift, tolerance, tokensOf(ours) === tokensOf(theirs));
  const [paid, charged] = [ours?.cost ?? 0n, theirs?.cost];
  const close = charged === undefined || absolute(charged - paid) <= ROUNDING;
  return tokensDiffer || beyond(costDrift, tolerance, close) ? 'drifts' : 'agrees';
}

/** A drift that has no percentage, from nothing to something, is beyond any tolerance unless the two are `close`. */
function beyond(percent: number | undefined, tolerance: number, close: boolean): boolean {
  return !close && (percent === undefined || Math.abs(percent) > tolerance);
}

/** Nothing was used and nothing charged, as far as it is told: as good as no line at all. */
function isNothing(side: Side | undefined): boolean {
  return !side || (!side.inputTokens && !side.outputTokens && !side.cost);
}

function tokensOf(side: Side | undefined): bigint | undefined {
  if (side?.inputTokens === undefined && side?.outputTokens === undefined) return undefined;
  return BigInt(side.inputTokens ?? 0) + BigInt(side.outputTokens ?? 0);
}

/** Percent, two decimals. */
function drift(ours: bigint | undefined, theirs: bigint | undefined): number | undefined {
  if (ours === undefined || theirs === undefined) return undefined;
  if (ours === theirs) return 0;
  return ours === 0n ? undefined : Number(((theirs - ours) * 10_000n) / ours) / 100;
}

function sumOf(sides: readonly Partial<Side>[]): Side {
  const count = (name: Exclude<keyof Side, 'cost'>) =>
    sides.reduce<number | undefined>(
      (sum, side) => (side[name] === undefined ? sum : (sum ?? 0) + side[name]),
      undefined,
    );
  return {
    requests: count('requests'),
    inputTokens: count('inputTokens'),
    cachedTokens: count('cachedTokens'),
    outputTokens: count('outputTokens'),
    cost: sides.reduce<Picos | undefined>(
      (sum, { cost }) => (cost === undefined ? sum : (sum ?? 0n) + cost),
      undefined,
    ),
  };
}

const absolute = (picos: Picos) => (picos < 0n ? -picos : picos);
