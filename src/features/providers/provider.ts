import type { Attempt } from '../../contract/attempt';
import type { Reply } from '../../contract/reply';

export interface Reachability {
  readonly reachable: boolean;
  readonly detail?: string;
}

/** Something that answers model requests. Made and checked at start, closed at the end; safe for concurrent calls. */
export abstract class Provider {
  abstract readonly name: string;

  /**
   * Asks once; repeating is somebody else's business. Resolves when the provider has accepted and begins to answer.
   * Returning early from the reply's pieces cancels the exchange.
   * @throws GatewayError
   */
  abstract send(attempt: Attempt): Promise<Reply>;

  /** Whether the provider can be reached, found out without spending money. Never throws. */
  abstract reach(): Promise<Reachability>;

  abstract close(): Promise<void>;
}
