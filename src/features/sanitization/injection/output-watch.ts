import { checkOutput, type OutputFinding, type OutputPolicy } from './output-checks';

/** Nothing that is looked for is longer, except comments, which are reported as soon as they say something. */
const WINDOW = 4_096;
/** What ends an address, a tag or a run: before that there is nothing new to find. */
const ENDS = /[\s)>"'\]]/;

/**
 * Checks an answer as it comes, in bounded memory. It holds nothing back: a finding tells that something has gone out, in
 * the piece that completed it or at the end. Whoever must prevent it holds the text back until `push` was asked.
 * Up to 4,096 characters long everything is found that `checkOutput` finds in the whole.
 */
export class OutputWatch {
  private window = '';
  /** Where the window begins in the answer. */
  private start = 0;
  private readonly told = new Set<string>();

  constructor(private readonly policy: OutputPolicy = {}) {}

  /** @returns what is new; offsets are those of the answer */
  push(chunk: string): readonly OutputFinding[] {
    this.window += chunk;
    return ENDS.test(chunk) || this.window.length > 2 * WINDOW ? this.look(false) : [];
  }

  end(): readonly OutputFinding[] {
    return this.look(true);
  }

  private look(ended: boolean): readonly OutputFinding[] {
    const { window, start } = this;
    const found = checkOutput(window, this.policy)
      // what reaches to the end may go on, and be something else then
      .filter(({ end }) => ended || end < window.length)
      .map((finding) => ({ ...finding, start: finding.start + start, end: finding.end + start }))
      .filter(({ fault, start: at }) => !this.told.has(`${fault} ${at}`));
    for (const { fault, start: at } of found) this.told.add(`${fault} ${at}`);
    if (window.length > WINDOW) {
      this.window = window.slice(-WINDOW);
      this.start += window.length - WINDOW;
      for (const key of this.told) if (Number(key.split(' ')[1]) < this.start) this.told.delete(key);
    }
    return found;
  }
}
