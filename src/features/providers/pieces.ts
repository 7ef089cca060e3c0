import { GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import type { Piece, ReplyEvent } from '../../contract/reply';
import { withUsage } from '../../contract/with-usage';
import type { Dialect } from '../../contract/wire';
import type { Codec, StreamDecoder } from '../../dialects/codec';
import { SseSplitter, type SseFrame } from '../../dialects/sse';

const EMPTY = Buffer.alloc(0);

/** Names the culprit when the bytes stop coming. */
export type Blame = (error: unknown) => GatewayError;

/** The pieces of a streamed answer: whatever frames arrived together travel together. */
export async function* ssePieces(
  body: AsyncIterable<Buffer>,
  decoder: StreamDecoder,
  dialect: Dialect,
  blame: Blame,
): AsyncGenerator<Piece> {
  const splitter = new SseSplitter();
  let over = false;
  try {
    for await (const chunk of body) {
      const { piece, failure } = decode(splitter.push(chunk), decoder, dialect);
      if (piece) {
        over ||= piece.events.at(-1)?.type === 'end';
        yield piece;
      }
      if (failure) throw failure;
    }
    const { piece, failure } = decode(splitter.end(), decoder, dialect);
    if (piece) {
      over ||= piece.events.at(-1)?.type === 'end';
      yield piece;
    }
    if (failure) throw failure;
    if (!over) yield { events: decoder.end() };
  } catch (error) {
    throw withUsage(blame(error), decoder.used);
  }
}

/** What came before a bad frame is still handed out. */
function decode(
  frames: readonly SseFrame[],
  decoder: StreamDecoder,
  dialect: Dialect,
): { piece?: Piece; failure?: GatewayError } {
  const events: ReplyEvent[] = [];
  const bytes: Buffer[] = [];
  let failure: GatewayError | undefined;
  for (const frame of frames)
    try {
      const decoded = decoder.decode(frame);
      for (const event of decoded.events) events.push(event);
      if (decoded.forward) bytes.push(decoded.rewritten ?? frame.bytes);
    } catch (error) {
      failure = GatewayError.from(error);
      break;
    }
  if (!events.length && !bytes.length) return { failure };
  return { piece: { events, wire: { dialect, format: 'sse', bytes: joined(bytes) } }, failure };
}

/** Frames that lie side by side in what the network delivered need no copy. */
function joined(frames: readonly Buffer[]): Buffer {
  const [first = EMPTY] = frames;
  const last = frames.at(-1) ?? first;
  const length = frames.reduce((sum, frame) => sum + frame.length, 0);
  const adjacent = first.buffer === last.buffer && last.byteOffset + last.length - first.byteOffset === length;
  return adjacent ? Buffer.from(first.buffer, first.byteOffset, length) : Buffer.concat(frames, length);
}

/** A whole answer as one piece. @param own the caller's request when it speaks the same dialect */
export function jsonPiece(bytes: Buffer, codec: Codec, own: JsonObject | undefined): Piece {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new GatewayError('provider_failed', 'The provider answered with something that is not JSON');
  }
  if (!isObject(json))
    throw new GatewayError('provider_failed', 'The provider answered with something that is not an object');
  return {
    events: eventsOf(json, codec),
    wire: {
      dialect: codec.dialect,
      format: 'json',
      bytes: own && codec.completeReply ? respelt(bytes, json, codec.completeReply(json, own)) : bytes,
    },
  };
}

/** @throws GatewayError why it is no answer, with what it took */
function eventsOf(json: JsonObject, codec: Codec): readonly ReplyEvent[] {
  try {
    return codec.decodeReply(json);
  } catch (error) {
    throw withUsage(GatewayError.from(error), codec.usageOf(json));
  }
}

/** The provider's own bytes when its answer was complete. */
function respelt(bytes: Buffer, json: JsonObject, complete: JsonObject): Buffer {
  if (complete === json) return bytes;
  try {
    return Buffer.from(JSON.stringify(complete));
  } catch (cause) {
    throw new GatewayError('provider_failed', 'The provider answered with something that is nested too deeply', {
      cause,
    });
  }
}
