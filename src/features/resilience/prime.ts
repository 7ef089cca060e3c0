import type { Piece, Reply } from '../../contract/reply';

/**
 * Waits for the first piece, so that a reply that fails before it can still be asked for again.
 * @throws what the stream throws before its first piece
 */
export async function primed(reply: Reply): Promise<Reply> {
  const iterator = reply.pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  return { ...reply, pieces: { [Symbol.asyncIterator]: () => new Primed(first, iterator) } };
}

class Primed implements AsyncIterator<Piece> {
  constructor(
    private first: IteratorResult<Piece> | undefined,
    private readonly rest: AsyncIterator<Piece>,
  ) {}

  next(): Promise<IteratorResult<Piece>> {
    const first = this.first;
    if (!first) return this.rest.next();
    this.first = undefined;
    return Promise.resolve(first);
  }

  async return(): Promise<IteratorResult<Piece>> {
    await this.rest.return?.();
    return { done: true, value: undefined };
  }
}
