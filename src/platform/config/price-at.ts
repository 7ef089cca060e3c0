import type { Period, Prices } from './prices';

/** What a vendor puts behind a model's name to mean one issue of it. */
const ISSUE = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/;
const LONGEST_NAME = 300;

/**
 * The name under which `target` (`provider/model`) has prices: its own; without the date or `-latest` at its end; or
 * `provider/*`. Undefined where there are none.
 */
export function pricedName(prices: Prices['prices'], target: string): string | undefined {
  if (Object.hasOwn(prices, target)) return target;
  if (target.length > LONGEST_NAME) return undefined;
  const undated = target.replace(ISSUE, '');
  if (undated !== target && Object.hasOwn(prices, undated)) return undated;
  const any = `${target.slice(0, Math.max(target.indexOf('/'), 0))}/*`;
  return Object.hasOwn(prices, any) ? any : undefined;
}

/** What the model costs at that time; undefined where no price is known. */
export function priceAt(prices: Prices['prices'], target: string, atMs: number): Period | undefined {
  const name = pricedName(prices, target);
  return name === undefined ? undefined : prices[name]?.findLast(({ fromMs }) => fromMs <= atMs);
}
