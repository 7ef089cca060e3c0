import type { Period, Rate } from '../../../../platform/config/prices';

/** One line of the price file, in micro-dollars per million tokens. */
export interface PriceRow extends Omit<Rate, 'batch'> {
  readonly above?: number;
  readonly batch?: Rate['batch'];
}

/** In the order in which they are written. */
export const PRICE_FIELDS = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWriteLong', 'imageInput'] as const;
export type PriceField = (typeof PRICE_FIELDS)[number];

export function rowsOf({ base, tiers }: Period): PriceRow[] {
  return [base, ...tiers];
}

/** Micro-dollars as dollars: `0.000001`, `12.5`, `3`. */
export function dollarsOf(micros: number): string {
  const decimals = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0{1,6}$/, '');
  return `${Math.floor(micros / 1_000_000)}${decimals && `.${decimals}`}`;
}

/** `{ from: 2026-03-13, input: 5, output: 25 }` */
export function rowText({ above, batch, ...rate }: PriceRow, from?: string): string {
  const members = [
    ...(from === undefined ? [] : [`from: ${from}`]),
    ...(above === undefined ? [] : [`above: ${above}`]),
    ...pricesText(rate),
    ...(batch === undefined ? [] : [`batch: ${typeof batch === 'number' ? batch : braced(pricesText(batch))}`]),
  ];
  return braced(members);
}

export function pricesText(rate: Partial<Record<PriceField, number | undefined>>): string[] {
  return PRICE_FIELDS.flatMap((field) => (rate[field] === undefined ? [] : [`${field}: ${dollarsOf(rate[field])}`]));
}

function braced(members: readonly string[]): string {
  return `{ ${members.join(', ')} }`;
}
