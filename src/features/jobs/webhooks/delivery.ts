/** Why a try did not succeed. Never what the receiver said. */
export const TRY_FAILURES = [
  'status', // an answer other than 2xx
  'redirect', // nobody is followed to another place
  'gone', // 410: the receiver wants no more
  'timeout',
  'name', // not found
  'private_address', // the name led to one
  'tls',
  'connection',
  'internal', // it could not even be sent
] as const;
export type TryFailure = (typeof TRY_FAILURES)[number];

/** One time that a receiver was asked to take a message. */
export interface Try {
  readonly at: Date;
  readonly ms: number;
  /** Of the answer, where there was one. */
  readonly status?: number;
  /** Absent when it succeeded. */
  readonly failure?: TryFailure;
}

/** A message that is to be sent, and the right to send it until the lease runs out. Whoever claims next has a higher `claim`. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly jobId: string;
  readonly tenantId: string;
  readonly event: string;
  readonly claim: number;
  /** Tries that failed since somebody last asked for it. */
  readonly failures: number;
  /** Opens what is sent, and where to. @throws Error when it was sealed under another master key */
  open(): Message;
}

export interface Message {
  readonly url: string;
  /** The same bytes every time. */
  readonly body: string;
}

/** A line of the log of deliveries. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  /** Where it goes, without path and query: those may hold secrets. */
  readonly origin: string;
  readonly createdAt: Date;
  readonly finishedAt?: Date;
  /** When it is tried next, while it is pending and not under way. */
  readonly nextAt?: Date;
  readonly underWay: boolean;
  /** The newest ones, oldest first. */
  readonly tries: readonly Try[];
  /** How many there were in all. */
  readonly triesMade: number;
}

/** What becomes of a message after a try. */
export type AfterTry = { readonly status: 'delivered' | 'failed' } | { readonly againMs: number };
