import type { Models } from '../../../platform/config/models';
import type { PriceFile } from '../../../platform/config/prices';
import type { Settings } from '../../../platform/config/settings';
import { PriceBook } from './price-book';
import { unpriced } from './unpriced';

export interface Priced {
  readonly models: Models;
  readonly prices: PriceFile;
  readonly providers: Settings['providers'];
}

/** What would be called at a cost that nobody knows, in sentences; by what is configured, whether its keys are there or not. */
export function priceGaps({ models, prices, providers }: Priced, atMs: number): string[] {
  const book = new PriceBook(prices.prices);
  const named = Object.entries(providers).flatMap(([provider, { models: names = [] }]) =>
    names.map((name) => ({ provider, name })),
  );
  const patterns = named.filter(({ name }) => name.endsWith('*'));
  const offered = Object.entries(models.aliases).flatMap(([alias, targets]) =>
    unpriced(book, targets, atMs).map((target) => `${target}, for which ${alias} may stand, has no price`),
  );
  const single = named.filter(({ name }) => !name.endsWith('*')).map(({ provider, name }) => `${provider}/${name}`);
  const aliased = new Set(Object.values(models.aliases).flat());
  const others = [...Object.keys(models.models), ...single].filter((target) => !aliased.has(target));
  return [
    ...offered,
    ...unpriced(book, others, atMs).map((target) => `${target} has no price`),
    ...patterns
      .filter(({ provider, name }) => !matched(prices.prices, `${provider}/${name.slice(0, -1)}`, `${provider}/*`))
      .map(({ provider, name }) => `no model of ${provider} that is called ${name} has a price`),
  ];
}

function matched(prices: PriceFile['prices'], start: string, any: string): boolean {
  return Object.keys(prices).some((name) => name === any || name.startsWith(start));
}
