import type { Picos } from '../../contract/money';

/** A call of which nobody will ever say what it cost: its process died, or its record was lost. */
export interface OrphanedCall {
  readonly callId: string;
  readonly at: Date;
  /** What was held for it; when it had ended, what it cost. */
  readonly picos: Picos;
  readonly settled: boolean;
}

/** Told of calls whose holds were freed although the ledger does not have them. */
export abstract class OrphanedCalls {
  /** A call may be told of more than once. */
  abstract book(calls: readonly OrphanedCall[]): Promise<void>;
}

/** The audit log tells of requests whose process died, and the ledger reads it: nothing more is booked here. */
export class LeftToTheLog extends OrphanedCalls {
  override async book(): Promise<void> {
    // the entry `llm.orphan` says it
  }
}
