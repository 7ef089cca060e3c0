import { changing } from '../contract/passing';
import type { Piece, Reply } from '../contract/reply';
import type { ModelRequest } from '../contract/request';
import { EstimatedUsage } from './estimated-usage';

/**
 * A provider's reply that says what was used: what the provider did not say is estimated, and marked. Its own words stay as they are,
 * so a caller of its dialect reads what it said.
 */
export function countedReply(reply: Reply, request: ModelRequest): Reply {
  const used = new EstimatedUsage();
  const counted = (piece: Piece): Piece => {
    for (const event of piece.events) used.observe(event);
    const last = piece.events.at(-1);
    if (last?.type !== 'end') return piece;
    const usage = used.completed(last.usage, request);
    return usage === last.usage ? piece : { ...piece, events: [...piece.events.slice(0, -1), { ...last, usage }] };
  };
  return { ...reply, pieces: changing(reply.pieces, counted) };
}
