/** Where the answer to a named call is kept. */
export interface Place {
  readonly tenantId: string;
  /** Keyed hash of the caller's API key and the idempotency key. */
  readonly key: Buffer;
}

/** The right to answer a named call, as long as its lease is renewed. */
export interface Claim extends Place {
  /** The call that claims; unique, so that nobody acts on a claim that somebody else has taken over. */
  readonly holder: string;
  /** Keyed hash of what is asked. */
  readonly body: Buffer;
  readonly requestId: string;
  readonly receivedAt: number;
  /** Of whom the answer is kept. */
  readonly person?: Buffer;
}

export type Claimed =
  /** Nobody else is answering: the claimant must. */
  | { readonly kind: 'held' }
  /** Somebody else is answering. */
  | { readonly kind: 'busy' }
  /** The key names a call with another body. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'answered'; readonly requestId: string; readonly receivedAt: number; readonly sealed: Buffer };
