import { addUsage } from '../contract/add-usage';
import type { Piece, ReplyEvent, Usage } from '../contract/reply';

/** The second answer with what the first one used added. It loses its native form: every later frame would tell other numbers. */
export function repairedPieces(pieces: readonly Piece[], before: Usage): Piece[] {
  return pieces.map(({ events }) => ({ events: events.map((event) => withUsage(event, before)) }));
}

function withUsage(event: ReplyEvent, before: Usage): ReplyEvent {
  if (event.type === 'end') return { ...event, usage: addUsage(event.usage, before) };
  // nothing of the second answer is said yet
  if (event.type === 'start' && event.usage)
    return { ...event, usage: addUsage(event.usage, { ...before, outputTokens: 0, thinkingTokens: undefined }) };
  return event;
}
