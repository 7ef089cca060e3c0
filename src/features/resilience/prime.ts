import type { Piece, Reply } from '../../contract/reply';
import { isContent } from './is-content';

/** A provider may send openings and signs of life for long: what is held back of them is handed out at the latest then. */
const HELD_PIECES = 8;
const HELD_BYTES = 64 * 1024;

/**
 * Waits for the first content, so that a reply that breaks before it can still be asked for again. What came earlier is held
 * back and then handed out piece by piece, as it was.
 * @throws what the stream throws before its first content
 */
export async function primed(reply: Reply): Promise<Reply> {
  const iterator = reply.pieces[Symbol.asyncIterator]();
  const held: IteratorResult<Piece>[] = [];
  let bytes = 0;
  for (;;) {
    const next = await iterator.next();
    held.push(next);
    if (next.done || next.value.events.some(isContent)) break;
    bytes += next.value.wire?.bytes.length ?? 0;
    if (held.length >= HELD_PIECES || bytes > HELD_BYTES) break;
  }
  const pieces = new Primed(held, iterator);
  return { ...reply, pieces: { [Symbol.asyncIterator]: () => pieces } };
}

class Primed implements AsyncIterator<Piece> {
  private at = 0;

  constructor(
    private held: readonly IteratorResult<Piece>[],
    private readonly rest: AsyncIterator<Piece>,
  ) {}

  next(): Promise<IteratorResult<Piece>> {
    const held = this.held[this.at++];
    if (held) return Promise.resolve(held);
    this.held = [];
    return this.rest.next();
  }

  async return(): Promise<IteratorResult<Piece>> {
    this.held = [];
    await this.rest.return?.();
    return { done: true, value: undefined };
  }
}
