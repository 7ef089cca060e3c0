import type { ClientBase } from 'pg';

/**
 * Told, inside the transaction that writes them, which calls are now in the ledger or have ended without cost. What it throws
 * undoes the transaction, which is tried again. A call may be told of more than once.
 * @param callIds each once; `Call.id`, or the id of the opening entry for calls of releases that did not record it
 */
export type SpendHook = (client: ClientBase, callIds: readonly string[]) => Promise<void>;

/** Whoever holds something for a call until its cost is in the ledger. */
export class SpendHooks {
  private readonly hooks: SpendHook[] = [];

  add(afterProjected: SpendHook): void {
    this.hooks.push(afterProjected);
  }

  async run(client: ClientBase, callIds: readonly string[]): Promise<void> {
    if (callIds.length) for (const hook of this.hooks) await hook(client, callIds);
  }
}
