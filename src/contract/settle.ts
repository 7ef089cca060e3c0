import { GatewayError } from './errors';
import type { Piece, Reply, ReplyEvent, Usage } from './reply';

export type Outcome =
  | { readonly kind: 'answered'; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The reader went away before the end. */
  | { readonly kind: 'abandoned' };

/**
 * Calls `settle` exactly once per reply: before the last piece is handed out, or when the stream breaks, or when the
 * reader walks away. Whoever opens something (a record, a slot, a hold) closes it here. When `settle` itself fails on an
 * answered reply, the reader sees that failure instead of the last piece.
 * `observe` sees every event on its way.
 */
export function settled(
  reply: Reply,
  settle: (outcome: Outcome) => Promise<void> | void,
  observe?: (event: ReplyEvent) => void,
): Reply {
  return { ...reply, pieces: watch(reply.pieces, settle, observe) };
}

async function* watch(
  pieces: AsyncIterable<Piece>,
  settle: (outcome: Outcome) => Promise<void> | void,
  observe?: (event: ReplyEvent) => void,
): AsyncGenerator<Piece> {
  let open: Outcome | undefined = { kind: 'abandoned' };
  try {
    for await (const piece of pieces) {
      if (observe) for (const event of piece.events) observe(event);
      const last = piece.events.at(-1);
      if (last?.type === 'end') {
        open = undefined;
        await settle({ kind: 'answered', usage: last.usage });
      }
      yield piece;
    }
    // a stream that simply stops was not answered, whatever came before
    if (open) throw new GatewayError('provider_failed', 'The reply ended without its last event');
  } catch (error) {
    if (open) open = { kind: 'failed', error };
    throw error;
  } finally {
    if (open) await settle(open);
  }
}
