import type { Attempt } from '../../contract/attempt';
import { GatewayError } from '../../contract/errors';
import type { BatchedReply, BatchedRequest } from '../../contract/in-batch';
import type { Reply } from '../../contract/reply';
import type { ProviderBatches } from './batches/provider-batches';

/** What a provider must know of a call to spell it. */
export type Asked = Pick<Attempt, 'request' | 'wire' | 'candidate'>;

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

  /** Where it takes many calls in one go; undefined where it does not. */
  readonly batches: ProviderBatches | undefined = undefined;

  /** The call as a line of a batch. @throws GatewayError where it takes no batches, or not this call */
  batched(_asked: Asked): BatchedRequest {
    throw new GatewayError('invalid_request', `The provider '${this.name}' takes no batches`, { param: 'model' });
  }

  /** What the provider said of that line. @throws GatewayError what it failed with */
  batchReply(_asked: Asked, _reply: BatchedReply): Promise<Reply> {
    return Promise.reject(new Error(`the provider ${this.name} takes no batches`));
  }

  /** Whether the provider can be reached, found out without spending money. Never throws. */
  abstract reach(): Promise<Reachability>;

  abstract close(): Promise<void>;
}
