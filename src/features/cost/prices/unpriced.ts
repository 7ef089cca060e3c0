import type { PriceBook } from './price-book';

/** Those of `targets` (`provider/model`) whose price at that time is not known, each once, in order. */
export function unpriced(book: Pick<PriceBook, 'rates'>, targets: Iterable<string>, atMs: number): string[] {
  return [...new Set(targets)].filter((target) => !book.rates(target, atMs));
}
