/** The log, as far as the ledger reads it. */
export abstract class CallSource {
  /**
   * Entries from `index` up to, but not including, `to` that may end a call; in order. What was dropped under the retention
   * rules is left out. `header` is whatever the log has there.
   */
  abstract entriesFrom(index: number, to: number): AsyncIterable<{ readonly index: number; readonly header: unknown }>;

  /** How many entries are durable. */
  abstract size(): Promise<number>;

  /** The header of one entry; undefined when it is not there, or no longer. */
  abstract headerOf(entryId: string): Promise<unknown>;

  /** The provider and its model that a call under this name would have gone to first; undefined when there is none. */
  abstract firstCandidate(model: string): { readonly provider: string; readonly model: string } | undefined;
}
