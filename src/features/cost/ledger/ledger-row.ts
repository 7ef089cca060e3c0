import type { Picos } from '../../../contract/money';
import type { Usage } from '../../../contract/reply';
import type { Wasted } from '../prices/price-book';

/** Nobody knows how the call ended: its process died. Should the end appear in the log after all, it takes this row's place. */
export const UNKNOWN = 'unknown';

/** One call in the ledger. */
export interface LedgerRow {
  /** Of the entry that it was read from. */
  readonly index: number;
  /** Ours, unique; where an old entry does not name it, the id of the entry that opened the call. */
  readonly callId: string;
  /** When the call came in, milliseconds since the epoch; follows from `callId`. */
  readonly at: number;
  readonly tenantId: string;
  readonly keyId: string;
  /** A subject reference: random, and nobody's once the person was erased. */
  readonly userRef: string | undefined;
  /** A keyed pseudonym. */
  readonly sessionRef: string | undefined;
  /** As it was asked for. */
  readonly model: string | undefined;
  readonly provider: string | undefined;
  /** The provider's own name for the model. */
  readonly providerModel: string | undefined;
  readonly providerRequestId: string | undefined;
  readonly operation: string | undefined;
  readonly outcome: string;
  /** It was answered, or a provider tried: with every circuit open it was neither. */
  readonly asked: boolean;
  /** It was asked in a batch of its provider, at the price of one. */
  readonly batch: boolean;
  /** Sorted, each once. */
  readonly tags: readonly string[];
  /** What was used for this call; raw, so that it can be priced again. */
  readonly usage: Usage;
  /** Parts of `usage` that were of no use, with whom they were asked of. */
  readonly wasted: readonly Wasted[];
  /** What would have been used for it, had the answer not been there already. */
  readonly spared: Usage | undefined;
  /** undefined: it cost something that nobody knows. */
  readonly cost: Picos | undefined;
  /** What `spared` would have cost. */
  readonly saved: Picos;
  readonly cache: string | undefined;
  /** The answer was paid for by an earlier call. */
  readonly reused: boolean;
  /** Until the answer was complete, and until it began; undefined where nobody said. */
  readonly latencyMs: number | undefined;
  readonly firstTokenMs: number | undefined;
  /** What stood in for the model that was to answer. */
  readonly degraded: string | undefined;
  /** Which model flags chose for it: `flag=variant`, those that took effect. */
  readonly flags: readonly string[];
  /** Of the price book that `cost` and `saved` are from. */
  readonly priceVersion: string | undefined;
}

/** The model under which a call is reported: what was really asked, where that is known. */
export function reportedModel({ model, providerModel }: Pick<LedgerRow, 'model' | 'providerModel'>): string {
  return providerModel ?? model ?? '';
}
