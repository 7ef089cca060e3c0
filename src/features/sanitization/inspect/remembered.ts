import type { Passage } from './passage';

/**
 * What was made of texts that were read before: instructions and histories come again with every turn. It holds digests and
 * results, never a text; of too many, those that were not asked for the longest go.
 */
export class Remembered<T> {
  private readonly results = new Map<string, T>();

  /** @param kept results at most */
  constructor(private readonly kept: number) {}

  /** @param about whatever else the result depends on */
  find({ digest }: Passage, about: string): { readonly known: T | undefined; readonly keep: (result: T) => void } {
    if (digest === undefined) return FORGETFUL;
    const name = digest + about;
    const known = this.results.get(name);
    if (known !== undefined) {
      this.results.delete(name);
      this.results.set(name, known);
    }
    return { known, keep: (result) => this.keep(name, result) };
  }

  private keep(name: string, result: T): void {
    this.results.set(name, result);
    if (this.results.size <= this.kept) return;
    const [oldest] = this.results.keys();
    this.results.delete(oldest as string);
  }
}

const FORGETFUL = { known: undefined, keep: () => undefined };
