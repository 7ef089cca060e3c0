import type { Piece, Reply } from '../../contract/reply';

/**
 * Gives back what a reply holds, once: before its last piece is handed out, when it breaks, when its reader walks away
 * (also one that never began to read), or when the call is cancelled, after which nobody may ever read again.
 */
export function held(reply: Reply, signal: AbortSignal, giveBack: () => void): Reply {
  const pieces = new Held(reply.pieces[Symbol.asyncIterator](), signal, giveBack);
  return { ...reply, pieces: { [Symbol.asyncIterator]: () => pieces } };
}

class Held implements AsyncIterator<Piece> {
  private open = true;
  private readonly settle = (): void => {
    if (!this.open) return;
    this.open = false;
    this.signal.removeEventListener('abort', this.settle);
    this.giveBack();
  };

  constructor(
    private readonly pieces: AsyncIterator<Piece>,
    private readonly signal: AbortSignal,
    private readonly giveBack: () => void,
  ) {
    if (signal.aborted) this.settle();
    else signal.addEventListener('abort', this.settle);
  }

  async next(): Promise<IteratorResult<Piece>> {
    try {
      const result = await this.pieces.next();
      if (result.done || result.value.events.at(-1)?.type === 'end') this.settle();
      return result;
    } catch (error) {
      this.settle();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Piece>> {
    try {
      await this.pieces.return?.();
    } finally {
      this.settle();
    }
    return { done: true, value: undefined };
  }
}
