import type { Picos } from '../../contract/money';

/** What a call may cost, as a bound. */
export interface Estimate {
  /** Whatever the answer: the prompt, and the answer where its length is given. */
  readonly base: Picos;
  /** Of one token more in each of the answers asked for. */
  readonly perToken: Picos;
  /** The longest answer. */
  readonly tokens: number;
  /** The answer may be given a shorter maximum. */
  readonly elastic: boolean;
}

export interface HoldRequest {
  readonly callId: string;
  /** When the call came, milliseconds since the epoch: decides the window, here as in the ledger. */
  readonly at: number;
  /** Ids of all budgets of the call. */
  readonly budgets: readonly string[];
  readonly estimate: Estimate;
  /** The job that makes the call: what is held for it is taken first, and held for it no more. */
  readonly job?: string;
}

export interface Hold {
  readonly callId: string;
  /** Tells apart the several holds of one call. */
  readonly n: number;
  readonly picos: Picos;
  /** The longest answer that is paid for. */
  readonly tokens: number;
  /** A budget that is not hard is exceeded. */
  readonly over: boolean;
}

export interface Shortage {
  readonly budgetId: string;
  readonly limit: Picos;
  readonly spent: Picos;
  readonly held: Picos;
  /** What the call could have cost. */
  readonly asked: Picos;
  readonly starts: Date;
  readonly ends?: Date;
}

export type Taken =
  { readonly kind: 'held'; readonly hold: Hold } | { readonly kind: 'short'; readonly shortage: Shortage };

/** Money set aside for calls under way, apart from what is spent. Right for any number of processes. */
export abstract class BudgetHolds {
  /**
   * Holds the estimate in all of the call's budgets, or in none. An elastic estimate that is more than a tenth of what is left
   * of a hard budget is cut down to that, as far as 256 tokens.
   * @throws GatewayError `storage_unavailable`; nothing is held then, or will be freed
   */
  abstract take(request: HoldRequest): Promise<Taken>;

  /**
   * Lowers a hold to what the call cost; at zero it is gone. Returns at once: whatever this process takes later sees it, other
   * processes a moment later. The ledger ends what remains of it.
   * @param back the call failed: what it took of its job's hold, and did not cost, is the job's again
   */
  abstract settle(hold: Hold, cost: Picos, back?: boolean): void;
}
