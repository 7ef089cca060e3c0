import type { GatewayError } from '../contract/errors';
import type { Json, JsonObject } from '../contract/json';
import type { ReplyEvent, Usage } from '../contract/reply';
import type { ModelRequest } from '../contract/request';
import type { Dialect } from '../contract/wire';
import type { SseFrame } from './sse';

/** One wire format: native JSON and SSE on one side, the vocabulary on the other. Pure; holds no state between calls. */
export interface Codec<R extends ModelRequest = ModelRequest> {
  readonly dialect: Dialect;

  /** Door side. @throws GatewayError `invalid_request` with the path of the first field at fault. */
  decodeRequest(body: JsonObject): R;
  /** Provider side, from another dialect. @throws GatewayError `invalid_request` naming every field that cannot be carried. */
  encodeRequest(request: R, target: Target): EncodedRequest;
  /**
   * Provider side, from the same dialect: `body` with the model's name replaced. Where the caller did not name the target, what it
   * is declared not to take is changed or left out, as `encodeRequest` does; nothing else is lost. Does not mutate.
   * @param request what `body` says
   */
  forwardRequest(body: JsonObject, target: Target, request: R): ForwardedRequest;

  /** Provider side, a complete JSON answer. Events run from `start` to `end`. */
  decodeReply(body: JsonObject): ReplyEvent[];
  /** Provider side: what a complete JSON answer says it took, whatever else is wrong with it. Undefined when it says nothing. */
  usageOf(body: JsonObject): Usage | undefined;
  /** Provider side, same dialect: adds what the dialect requires and the server left out. The same object when complete. */
  completeReply?(body: JsonObject, request: JsonObject): JsonObject;
  /** Provider side, a stream. `body` is the request as sent by the caller when its dialect is this one, else undefined. */
  streamDecoder(body?: JsonObject): StreamDecoder;

  /** Door side, a complete JSON answer from events that run from `start` to `end`. */
  encodeReply(events: readonly ReplyEvent[], context: ReplyContext): JsonObject;
  /** Door side, a stream. */
  streamEncoder(context: ReplyContext): StreamEncoder;
  /** Door side: the body of an error response. */
  encodeError(error: GatewayError, requestId: string): JsonObject;
}

/** What is known of the model that a request is encoded for. */
export interface Target {
  /** The provider's own name for the model. */
  readonly model: string;
  /** The caller chose this very model, and is taken at its word. */
  readonly named?: boolean;
  /** The most tokens the model can answer with, where known. */
  readonly maxOutputTokens?: number;
  /** How the model is told to think, where known: not at all, as it sees fit (`adaptive`), within a budget, or either way. */
  readonly thinks?: Thinks;
  /** False: it refuses temperature and its like. */
  readonly sampling?: boolean;
  /** False: it refuses stop sequences. */
  readonly stop?: boolean;
}

export type Thinks = boolean | 'adaptive' | 'budget';

export interface EncodedRequest {
  readonly body: Record<string, Json>;
  /** Request fields that were left out because this dialect has no counterpart (hints, seed), or the model does not take them. */
  readonly dropped: readonly string[];
  /** Protocol headers this body needs. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type ForwardedRequest = Omit<EncodedRequest, 'headers'>;

export interface DecodedFrame {
  readonly events: readonly ReplyEvent[];
  /** False for a frame that a caller of the same dialect must not see because the gateway asked for it (the usage chunk). */
  readonly forward: boolean;
  /** What to forward instead of the frame's own bytes, when the server left out fields that the dialect requires. */
  readonly rewritten?: Buffer;
}

export interface StreamDecoder {
  /** What the provider has said so far that the answer takes. */
  readonly used?: Usage | undefined;
  /**
   * The meaning of one frame.
   * @throws GatewayError when the frame reports an error or makes no sense.
   */
  decode(frame: SseFrame): DecodedFrame;
  /** After the last byte: what is still owed (`end`). @throws GatewayError `provider_failed` when the answer was cut off. */
  end(): readonly ReplyEvent[];
}

/** Spells events as SSE text, keeping the dialect's grammar whatever the order in which blocks arrive. */
export interface StreamEncoder {
  encode(events: readonly ReplyEvent[]): string;
  /** These events reach the caller in their native form: only keep track, so that a later `encode` fits. */
  pass(events: readonly ReplyEvent[]): void;
  /** A stream that breaks ends with this. */
  error(error: GatewayError): string;
}

export interface ReplyContext {
  readonly requestId: string;
  /** Unix seconds. */
  readonly created: number;
  /** The request as the caller sent it, for answers that echo it and options that shape the stream. */
  readonly body: JsonObject;
}
