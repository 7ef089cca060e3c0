import type { LedgerRow } from './ledger-row';
import { UNKNOWN } from './ledger-row';

/** What becomes of one row of the ledger. `before` is absent where there was none. */
export interface Change {
  readonly before?: LedgerRow;
  readonly after: LedgerRow;
}

/** A row as it is to be written; `amends` when it only says how a call ended after all. */
export type NewRow = LedgerRow & { readonly amends?: boolean };

/**
 * What rows that were read from the log change about those that are there. The first known end of a call stands; it takes the
 * place of an unknown one, and never the other way round.
 * @param rows in the order of the log
 * @param existing by call id
 */
export function changesOf(rows: readonly NewRow[], existing: ReadonlyMap<string, LedgerRow>): Change[] {
  const standing = new Map(existing);
  const changed = new Set<string>();
  for (const { amends = false, ...row } of rows) {
    const before = standing.get(row.callId);
    // a call that nobody was asked for is no spend
    const after = before ? succeeding(before, row, amends) : amends ? undefined : row;
    if (after === before || !after) continue;
    standing.set(row.callId, after);
    changed.add(row.callId);
  }
  return Array.from(changed, (callId) => {
    const before = existing.get(callId);
    return { ...(before && { before }), after: standing.get(callId) as LedgerRow };
  });
}

function succeeding(before: LedgerRow, row: LedgerRow, amends: boolean): LedgerRow {
  // the same entry once more
  if (row.index === before.index) return before;
  // the entry that says what it used may still come
  if (before.outcome === UNKNOWN) return row.outcome === UNKNOWN || amends ? before : row;
  return amends && row.outcome !== before.outcome ? { ...before, outcome: row.outcome } : before;
}
