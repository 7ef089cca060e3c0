import type { Facts, PlainObject } from './format/header';

/** What somebody wants recorded. */
export interface Draft {
  /** A version 7 UUID for the entry, where another must name it before it is there. */
  readonly id?: string;
  readonly facts: Omit<Facts, 'prompt_hash' | 'response_hash'>;
  /** Whose data it is: decides the key. Absent: nobody's in particular. */
  readonly subject?: string;
  /** Encrypted; leaves the process only so. Members may hold any JSON. */
  readonly payload?: object;
  /** Committed to, by keyed hashes, in `prompt_hash` and `response_hash`; need not be in the payload. */
  readonly commit?: { readonly prompt?: unknown; readonly response?: unknown };
  /** Milliseconds since the epoch; now when absent. */
  readonly at?: number;
  /**
   * Asked for what to add when the entry became durable after its `append` had failed: whoever waited for it has been
   * refused. Its `parent` is set to the late entry.
   */
  readonly late?: () => Draft;
}

/** Proof of where an entry stands; with the log's checkpoints it can be checked by anybody. */
export interface Receipt {
  readonly log: string;
  readonly entryId: string;
  /** Position in the tree, from 0. Absent while the entry is durable but waits for the database (`audit.spool`). */
  readonly index?: number;
}

/** The one door to the log. */
export abstract class AuditLog {
  /**
   * Resolves when the entries are durable, together and in order. Its deadline is the log's own: a caller that goes away
   * does not end it.
   * @throws GatewayError `audit_unavailable`; whether they will be there is then unknown
   */
  abstract append(...drafts: readonly [Draft, ...Draft[]]): Promise<readonly Receipt[]>;

  /** Returns at once. What finds no room, or is lost, is counted in an `audit.loss` entry. */
  abstract enqueue(draft: Draft): void;

  /** Why entries cannot be made durable at the moment; undefined when they can. */
  abstract trouble(): string | undefined;
}

export type { Facts, PlainObject };
