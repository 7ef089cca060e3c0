import { passing } from '../../contract/passing';
import type { Reply } from '../../contract/reply';

/**
 * Gives back what a reply holds, once: before its last piece is handed out, when it breaks, when its reader walks away
 * (also one that never began to read), or when the call is cancelled, after which nobody may ever read again.
 */
export function held(reply: Reply, signal: AbortSignal, giveBack: () => void): Reply {
  let open = true;
  const settle = (): void => {
    if (!open) return;
    open = false;
    signal.removeEventListener('abort', settle);
    giveBack();
  };
  if (signal.aborted) settle();
  else signal.addEventListener('abort', settle);
  const pieces = passing(reply.pieces, {
    piece: ({ events }) => {
      if (events.at(-1)?.type === 'end') settle();
    },
    ended: settle,
    failed: (error) => {
      settle();
      return error;
    },
    left: settle,
  });
  return { ...reply, pieces };
}
