import { GatewayError } from '../contract/errors';
import type { Piece, Reply } from '../contract/reply';

/**
 * Hands out nothing before all of it is there, and so on the record.
 * @param bytes what is held back at most; a larger answer fails
 */
export function sealedReply(reply: Reply, bytes: number): Reply {
  return { ...reply, pieces: heldBack(reply.pieces, bytes) };
}

async function* heldBack(pieces: AsyncIterable<Piece>, bytes: number): AsyncGenerator<Piece> {
  const held: Piece[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += sizeOf(piece);
    if (size > bytes)
      throw new GatewayError('audit_unavailable', `The answer is larger than the ${bytes} bytes that may be held back`);
    held.push(piece);
  }
  yield* held;
}

/** Near enough for a bound: what arrived, or what is said. */
function sizeOf({ events, wire }: Piece): number {
  if (wire) return wire.bytes.length;
  let size = 0;
  for (const event of events) size += 'text' in event ? event.text.length : 'json' in event ? event.json.length : 64;
  return size;
}
