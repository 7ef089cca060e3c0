import { GatewayError } from './errors';
import { passing } from './passing';
import type { Reply, ReplyEvent, Usage } from './reply';

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
  let open: Outcome | undefined = { kind: 'abandoned' };
  const pieces = passing(reply.pieces, {
    piece: ({ events }) => {
      if (observe) for (const event of events) observe(event);
      const last = events.at(-1);
      if (last?.type !== 'end') return undefined;
      open = undefined;
      return settle({ kind: 'answered', usage: last.usage });
    },
    ended: () => {
      // a stream that simply stops was not answered, whatever came before
      if (open) throw new GatewayError('provider_failed', 'The reply ended without its last event');
    },
    failed: async (error) => {
      if (open) await settle({ kind: 'failed', error });
      return error;
    },
    left: () => open && settle(open),
  });
  return { ...reply, pieces };
}
