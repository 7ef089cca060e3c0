import { RecentMap } from '../../../contract/recent-map';
import type { Passage } from './passage';

/**
 * What was made of texts that were read before: instructions and histories come again with every turn. It holds digests and
 * results, never a text; of too many, those that were not asked for the longest go.
 */
export class Remembered<T> {
  private readonly results: RecentMap<T>;

  /** @param kept results, those that were asked for last, and at most twice as many */
  constructor(kept: number) {
    this.results = new RecentMap(kept);
  }

  /** @param about whatever else the result depends on */
  find({ digest }: Passage, about: string): { readonly known: T | undefined; readonly keep: (result: T) => void } {
    if (digest === undefined) return FORGETFUL;
    const name = digest + about;
    return { known: this.results.get(name), keep: (result) => this.results.set(name, result) };
  }
}

const FORGETFUL = { known: undefined, keep: () => undefined };
