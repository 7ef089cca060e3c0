/** A call on its way through the pipeline. Each stage extends the type, so a later type proves that the earlier stage ran. */
import type { Caller } from './caller';
import type { Reply } from './reply';
import type { ModelRequest } from './request';
import type { WireRequest } from './wire';

/** What every call carries, whichever door it came in by. */
export interface Call {
  /** Ours, unique; the record's key. */
  readonly id: string;
  /** The caller's `x-request-id` when well-formed, otherwise equal to `id`. Not unique. */
  readonly requestId: string;
  readonly caller: Caller;
  readonly request: ModelRequest;
  readonly wire: WireRequest;
  /** The end user, as the header or the body names it. Personal data: never stored in clear. */
  readonly user?: string;
  readonly session?: string;
  /** Milliseconds that the caller is willing to wait in all, when it says so. */
  readonly timeoutMs?: number;
  /** Aborted when the caller goes away or the process must stop. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch, and on the monotonic clock. */
  readonly receivedAt: number;
  readonly startedAt: number;
}

/** Added by the audit stage: where later stages note what they decided. */
export interface AuditedCall extends Call {
  readonly record: CallRecord;
  readonly size: PromptSize;
}
export interface PromptSize {
  readonly messages: number;
  /** All text of the call. */
  readonly characters: number;
  /** The text before the last message. */
  readonly historyCharacters: number;
}
export interface CallRecord {
  note<K extends keyof CallFacts>(fact: K, value: CallFacts[K]): void;
}
/** What stages tell the record. Names and numbers only: never content. */
export interface CallFacts {
  /** The model asked for, once it is known to exist. */
  model: string;
  provider: string;
  providerModel: string;
  providerRequestId: string;
  attempts: number;
  dropped: readonly string[];
}

/** Added by the admit stage: the call is within its limits and holds its slot until it is settled. */
export interface AdmittedCall extends AuditedCall {
  readonly admitted: true;
}

/** Added by the sanitize stage: which guards inspected these bytes, written by the code that did it. */
export interface SanitizedCall extends AdmittedCall {
  readonly guards: readonly string[];
}

/** Added by the route stage: the models that may answer, best first; never empty. */
export interface RoutedCall extends SanitizedCall {
  readonly candidates: readonly [Candidate, ...Candidate[]];
}
export interface Candidate {
  readonly provider: string;
  /** The provider's own name for the model. */
  readonly model: string;
  readonly maxOutputTokens?: number;
  readonly thinks?: boolean | 'adaptive' | 'budget';
  /** False when the model refuses temperature and its like. */
  readonly sampling?: boolean;
}

/** Added by the cache stage: how the cache was consulted. */
export interface CacheCheckedCall extends RoutedCall {
  readonly cache: 'miss' | 'bypass';
}

/** Added by the budget stage: the money this call may cost is set aside. */
export interface FundedCall extends CacheCheckedCall {
  /** The hold is absent where no budget applies. */
  readonly funding: { readonly hold?: string };
}

export type Handler<C extends Call> = (call: C) => Promise<Reply>;
