/**
 * Calls that a provider answers in a batch of its own, hours after they were sent. Such a call passes the pipeline twice: on its way
 * out it ends, well, when it is ready to be sent, and on its way back when its answer is there.
 */
import type { Caller } from './caller';
import type { Entity } from './entities';
import { GatewayError } from './errors';
import type { Json, JsonObject } from './json';

/** The one model that a batch is for. */
export interface BatchTarget {
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** The provider's own name for the model. */
  readonly model: string;
}

/** What a provider gets: a line of its batch. Holds nothing that the provider may not be told. */
export interface BatchedRequest {
  /** Where a call of its own would be sent: `/v1/messages`. */
  readonly path: string;
  readonly body: JsonObject;
}

/** What a provider says of one line: a status and a body as a call of its own would have had, or nothing at all. */
export type BatchedReply =
  | { readonly kind: 'replied'; readonly status: number; readonly body: Json; readonly requestId?: string }
  | { readonly kind: 'undone'; readonly why: 'cancelled' | 'expired' | 'failed' };

/** What the guards must know again when the answer comes. Personal data. */
export interface GuardMemory {
  /** What tokens stand for. */
  readonly tokens: readonly (readonly [entity: Entity, value: string, token: string])[];
  /** What the answer must not say. */
  readonly canary?: string;
}

export const NO_MEMORY: GuardMemory = { tokens: [] };

/** A call that was sent, for whoever gets its answer. Personal data: kept sealed, and no longer than until then. */
export interface Letter {
  readonly callId: string;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** As it was then: an answer that was paid for is taken, whatever became of the key. */
  readonly caller: Omit<Caller, 'roles'>;
  readonly sent: BatchedRequest;
  readonly memory: GuardMemory;
  /** The entry of the log that says that it left; absent where the tenant's log has none. */
  readonly entry?: string;
  /** The number of the call in its session. */
  readonly turn?: number;
}

/** Which way a call of a batch is going. */
export type InBatch =
  | { readonly way: 'out'; readonly target: BatchTarget }
  | { readonly way: 'back'; readonly target: BatchTarget; readonly letter: Letter; readonly reply: BatchedReply };

/** What the pipeline says of a call on its way out. */
export type Posted = Pick<Letter, 'sent' | 'memory' | 'entry' | 'turn'>;

/** The way out ends here: the call is ready to be sent, and that is on the record. No failure, although it is thrown like one. */
export class CallPosted extends GatewayError {
  constructor(readonly posted: Posted) {
    super('client_closed', 'The call goes on with a batch');
    this.name = 'CallPosted';
  }
}

/** The model that the batch is for is none of those that may answer this call. It was not sent, and may be made by itself. */
export class NotOfBatch extends GatewayError {
  constructor() {
    super('model_not_found', 'The model that the batch is for may not answer this call', { param: 'model' });
    this.name = 'NotOfBatch';
  }
}
