/** An entry as searches find it: copies of what its header says. */
export interface EntryRow {
  readonly index: number;
  /** undefined when the header is none: something that no gateway wrote. */
  readonly entryId: string | undefined;
  readonly at: Date;
  readonly event: string;
  readonly requestId: string | undefined;
  readonly parent: string | undefined;
  readonly tenant: string | undefined;
  readonly actor: string | undefined;
  readonly userId: string | undefined;
  readonly session: string | undefined;
  readonly turn: number | undefined;
  readonly model: string | undefined;
  readonly modelResolved: string | undefined;
  readonly provider: string | undefined;
  readonly outcome: string | undefined;
  readonly flags: readonly string[];
  readonly costMicros: number | undefined;
}

/** As PostgreSQL hands it over: bigint is text. */
export interface EntryColumns {
  index: string;
  entry_id: string | null;
  ts: Date;
  event: string;
  request_id: string | null;
  parent: string | null;
  tenant: string | null;
  actor: string | null;
  user_id: string | null;
  session: string | null;
  turn: number | null;
  model: string | null;
  model_resolved: string | null;
  provider: string | null;
  outcome: string | null;
  flags: string[] | null;
  cost_micros: string | null;
}

export function entryRow(row: EntryColumns): EntryRow {
  return {
    index: Number(row.index),
    entryId: row.entry_id ?? undefined,
    at: row.ts,
    event: row.event,
    requestId: row.request_id ?? undefined,
    parent: row.parent ?? undefined,
    tenant: row.tenant ?? undefined,
    actor: row.actor ?? undefined,
    userId: row.user_id ?? undefined,
    session: row.session ?? undefined,
    turn: row.turn ?? undefined,
    model: row.model ?? undefined,
    modelResolved: row.model_resolved ?? undefined,
    provider: row.provider ?? undefined,
    outcome: row.outcome ?? undefined,
    flags: row.flags ?? [],
    costMicros: row.cost_micros === null ? undefined : Number(row.cost_micros),
  };
}
