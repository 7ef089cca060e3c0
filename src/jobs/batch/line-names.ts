import { batchCall, type Endpoint, type Line, LineError } from '../../features/batches';
import type { BodyLimits } from '../../dialects/parse-body';

/** What lines are called that were never done, read from the input when somebody asks, in order. */
export class LineNames {
  private at = 0;

  constructor(
    private readonly lines: AsyncGenerator<Line, void> | undefined,
    private readonly endpoint: Endpoint,
    private readonly limits: BodyLimits,
  ) {}

  /**
   * @param n its place among the lines that are not blank; never less than the one before
   * @returns undefined when the input is gone
   */
  async of(n: number): Promise<string | undefined> {
    for (; this.lines;) {
      const next = await this.lines.next();
      if (next.done) return undefined;
      if (++this.at === n) return this.nameOf(next.value);
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.lines?.return();
  }

  private nameOf({ bytes }: Line): string | undefined {
    try {
      return batchCall(bytes, this.endpoint, this.limits).customId;
    } catch (error) {
      if (error instanceof LineError) return undefined;
      throw error;
    }
  }
}
