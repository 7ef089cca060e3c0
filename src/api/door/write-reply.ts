import type { Readable } from 'node:stream';
import { GatewayError } from '../../contract/errors';
import type { Reply } from '../../contract/reply';
import { IterableReadable } from './iterable-readable';
import type { Codec, ReplyContext } from '../../dialects/codec';
import { shownError } from '../../platform/observability/shown-error';

export interface StreamOptions {
  /** Sees the answer as it goes out. */
  readonly observe?: ((bytes: Buffer) => void) | undefined;
  /** Told of a fault of ours, whose cause the caller is not shown. */
  readonly onFault: (fault: GatewayError) => void;
}

/**
 * A streamed answer as SSE. It always ends in the dialect's grammar: with its terminator or with its error.
 */
export function sseAnswer(
  reply: Reply,
  codec: Codec,
  context: ReplyContext,
  { observe, onFault }: StreamOptions,
): Readable {
  const bytes = frames(reply, codec, context, onFault);
  return new IterableReadable(observe ? observed(bytes, observe) : bytes);
}

async function* frames(
  reply: Reply,
  codec: Codec,
  context: ReplyContext,
  onFault: (fault: GatewayError) => void,
): AsyncGenerator<Buffer> {
  const encoder = codec.streamEncoder(context);
  try {
    for await (const { events, wire } of reply.pieces)
      if (wire?.dialect === codec.dialect && wire.format === 'sse') {
        encoder.pass(events);
        yield wire.bytes;
      } else {
        const text = encoder.encode(events);
        if (text) yield Buffer.from(text);
      }
  } catch (error) {
    const failure = GatewayError.from(error);
    if (failure.code === 'internal') onFault(failure);
    yield Buffer.from(encoder.error(shownError(failure)));
  }
}

async function* observed(bytes: AsyncIterable<Buffer>, observe: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    observe(chunk);
    yield chunk;
  }
}
