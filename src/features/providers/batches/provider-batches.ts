import type { BatchedReply, BatchedRequest } from '../../../contract/in-batch';
import type { Dialect } from '../../../contract/wire';

/** A call of a batch, as it is handed to a provider. */
export interface RemoteLine {
  /** Unique in the batch: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  readonly request: BatchedRequest;
}

/** A batch as it is handed to a provider. */
export interface RemoteDraft {
  /** Unique among all batches of the provider; the names of its lines begin with it. */
  readonly name: string;
  /** How many lines it has. */
  readonly total: number;
  /** When it may have been handed in first. */
  readonly since: Date;
}

/** How far a batch is at its provider. */
export interface RemoteState {
  /** As the provider says it. */
  readonly status: string;
  /** Nothing changes any more: what was done can be read. */
  readonly ended: boolean;
  /** It was turned away as a whole, and cost nothing. */
  readonly refused: boolean;
  readonly counts: { readonly completed: number; readonly failed: number };
}

export interface RemoteResult {
  /** Of the line. */
  readonly name: string;
  readonly reply: BatchedReply;
}

/** What was found of a batch that may have been handed in before. `unsure`: it cannot be told yet from those of others. */
export type Found = { readonly kind: 'found'; readonly id: string } | { readonly kind: 'none' | 'unsure' };

/** The batches of a provider: many calls in one go, done at its own pace and for less. All of it throws GatewayError. */
export interface ProviderBatches {
  /** The dialects of calls that it takes. */
  readonly dialects: readonly Dialect[];

  /**
   * A batch of that draft that somebody handed in and did not live to tell of.
   * @param others ids of batches that are known to be others
   */
  find(draft: RemoteDraft, others: ReadonlySet<string>, signal: AbortSignal): Promise<Found>;

  /**
   * Hands in a batch.
   * @param lines read once, as they are needed
   * @returns its id
   */
  submit(draft: RemoteDraft, lines: AsyncIterable<RemoteLine>, signal: AbortSignal): Promise<string>;

  /** @throws GatewayError `not_found` when the provider knows none of that id */
  state(id: string, signal: AbortSignal): Promise<RemoteState>;
  cancel(id: string, signal: AbortSignal): Promise<void>;
  /** What came of its lines, in any order; lines may be missing. Once it has ended. */
  results(id: string, maxLineBytes: number, signal: AbortSignal): AsyncIterable<RemoteResult>;
  /** Removes from the provider what it keeps of the batch. */
  forget(id: string, signal: AbortSignal): Promise<void>;
}
