import type { Piece } from './reply';

/** Pieces that are there already. */
export function piecesOf(pieces: Iterable<Piece>): AsyncIterable<Piece> {
  const left = pieces[Symbol.iterator]();
  return handing(() => Promise.resolve(left.next()));
}

/** The one piece of an answer that is read when somebody asks for it. */
export function pieceOf(read: () => Promise<Piece>): AsyncIterable<Piece> {
  let isRead = false;
  return handing(async () => {
    if (isRead) return { done: true, value: undefined };
    isRead = true;
    return { done: false, value: await read() };
  });
}

function handing(next: () => Promise<IteratorResult<Piece>>): AsyncIterable<Piece> {
  return { [Symbol.asyncIterator]: () => ({ next }) };
}
