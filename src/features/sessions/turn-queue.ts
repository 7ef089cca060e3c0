/** A session of a tenant, by its pseudonym. */
export interface SessionKey {
  readonly tenantId: string;
  readonly session: string;
}

/** How many calls of a session want a number. */
export interface Wanted extends SessionKey {
  readonly calls: number;
}

interface Waiting extends SessionKey {
  readonly give: (turn: number | undefined) => void;
}

/** More than any process serves at a time. */
const MAX_WAITING = 20_000;

/**
 * Gives the calls of sessions their numbers. Whoever comes while numbers are being fetched is in the next fetch: a thousand calls
 * cost as many queries as there is time for, one after the other.
 */
export class TurnQueue {
  private waiting: Waiting[] = [];
  private fetching: Promise<void> | undefined;

  /**
   * @param count adds to each session's count and gives the sums, in the same order
   * @param patienceMs how long a call waits for its number
   */
  constructor(
    private readonly count: (wanted: readonly Wanted[]) => Promise<readonly number[]>,
    private readonly patienceMs: number,
  ) {}

  /** From 1; undefined when there is none in time: a call is worth more than its number. Never throws. */
  next({ tenantId, session }: SessionKey): Promise<number | undefined> {
    if (this.waiting.length >= MAX_WAITING) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), this.patienceMs);
      const give = (turn: number | undefined) => {
        clearTimeout(timer);
        resolve(turn);
      };
      this.waiting.push({ tenantId, session, give });
      this.fetching ??= this.drain();
    });
  }

  /** Resolves when nobody waits any more. */
  async settled(): Promise<void> {
    await this.fetching;
  }

  private async drain(): Promise<void> {
    // calls of one turn of the event loop go together
    await Promise.resolve();
    while (this.waiting.length) {
      const all = this.waiting;
      this.waiting = [];
      await this.fetch(all);
    }
    // in the same breath as the last look: nobody may come in between
    this.fetching = undefined;
  }

  private async fetch(all: readonly Waiting[]): Promise<void> {
    const groups = [...Map.groupBy(all, ({ tenantId, session }) => `${tenantId} ${session}`)]
      // two processes that change the same rows in the same order do not wait for each other in a circle
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, calls]) => calls);
    try {
      const sums = await this.count(
        groups.map((calls) => ({ tenantId: calls[0]!.tenantId, session: calls[0]!.session, calls: calls.length })),
      );
      for (const [i, calls] of groups.entries()) {
        const first = (sums[i] ?? NaN) - calls.length + 1;
        for (const [n, { give }] of calls.entries()) give(Number.isNaN(first) ? undefined : first + n);
      }
    } catch {
      for (const { give } of all) give(undefined);
    }
  }
}
