import type { Piece, Reply, ReplyEvent } from '../contract/reply';
import type { Codec, ReplyContext } from './codec';

/**
 * A whole answer as JSON bytes: the provider's own when it speaks the caller's dialect and nothing changed it.
 * @throws what the reply's pieces throw
 */
export async function jsonAnswer(reply: Reply, codec: Codec, context: ReplyContext): Promise<Buffer> {
  const pieces: Piece[] = [];
  for await (const piece of reply.pieces) pieces.push(piece);
  const wire = pieces.length === 1 ? pieces[0]?.wire : undefined;
  if (wire?.dialect === codec.dialect && wire.format === 'json') return wire.bytes;
  const events: ReplyEvent[] = pieces.flatMap((piece) => piece.events);
  return Buffer.from(JSON.stringify(codec.encodeReply(events, context)));
}

/** All that a reply says. @throws what its pieces throw */
export async function eventsOf({ pieces }: Reply): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = [];
  for await (const piece of pieces) events.push(...piece.events);
  return events;
}
