import type { Piece } from '../../contract/reply';

/** What is read ahead at most; a reader so slow keeps the others waiting. */
const PIECES = 20_000;

/**
 * The same pieces, as fast as they come while somebody else waits for the last of them, however slow this reader is; else as fast as
 * they are read.
 * @param awaited resolves when somebody else waits
 */
export async function* readAhead(
  pieces: AsyncIterable<Piece>,
  awaited: Promise<void>,
  most = PIECES,
): AsyncGenerator<Piece> {
  const source = pieces[Symbol.asyncIterator]();
  const ahead: Promise<IteratorResult<Piece>>[] = [];
  let isOpen = true;
  const pull = (): void => {
    const next = source.next();
    ahead.push(next);
    next.catch(() => undefined);
  };
  const run = async (): Promise<void> => {
    await awaited;
    while (isOpen && ahead.length < most) {
      if (!ahead.length) pull();
      const last = await ahead.at(-1)?.catch(() => undefined);
      if (!last || last.done) return;
      if (isOpen && ahead.length < most) pull();
    }
  };
  void run();
  try {
    for (;;) {
      if (!ahead.length) pull();
      const { value, done } = await (ahead[0] as Promise<IteratorResult<Piece, undefined>>);
      void ahead.shift();
      if (done) return;
      yield value;
    }
  } finally {
    isOpen = false;
    await source.return?.();
  }
}
