/** A call that is still open this long after its longest deadline will never be closed: its process is gone. */
export const UNKNOWN_AFTER_MS = 300_000;

/** Who reads calls of others: that is on the record. */
export const GOVERNING = ['auditor', 'operator', 'admin'] as const;
