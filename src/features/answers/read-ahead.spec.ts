import type { Piece } from '../../contract/reply';
import { readAhead } from './read-ahead';

const piece = (text: string): Piece => ({ events: [{ type: 'text', block: 0, text }] });
const turns = async (n = 50) => {
  for (let i = 0; i < n; i++) await Promise.resolve();
};

/** Five pieces; notes how many were taken, and whether it was left early. */
function source(failAt = Infinity) {
  const seen = { taken: 0, left: false };
  async function* pieces(): AsyncGenerator<Piece> {
    try {
      for (let i = 0; i < 5; i++) {
        if (i === failAt) throw new Error('broken');
        seen.taken++;
        yield piece(String(i));
      }
    } finally {
      seen.left = true;
    }
  }
  return { seen, pieces: pieces() };
}
const never = new Promise<void>(() => undefined);

async function all(pieces: AsyncIterable<Piece>): Promise<string> {
  let text = '';
  for await (const { events } of pieces) for (const event of events) if (event.type === 'text') text += event.text;
  return text;
}

describe('readAhead', () => {
  it.each([
    ['somebody waits', Promise.resolve()],
    ['nobody waits', never],
  ])('hands on everything in order when %s', async (_what, awaited) => {
    expect(await all(readAhead(source().pieces, awaited))).toBe('01234');
  });

  it('reads no faster than its reader while nobody waits', async () => {
    const { seen, pieces } = source();
    const reader = readAhead(pieces, never);
    await reader.next();
    await turns();
    expect(seen.taken).toBe(1);
  });

  it('reads to the end for those who wait, however slow its reader is, from when they come', async () => {
    const { seen, pieces } = source();
    let come!: () => void;
    const reader = readAhead(pieces, new Promise((resolve) => (come = resolve)));
    await reader.next();
    come();
    await turns();
    expect(seen.taken).toBe(5);
    expect(await all(reader)).toBe('1234');
  });

  it('reads ahead no more than it may', async () => {
    const { seen, pieces } = source();
    const reader = readAhead(pieces, Promise.resolve(), 2);
    await reader.next();
    await turns();
    expect(seen.taken).toBeLessThanOrEqual(3);
    expect(await all(reader)).toBe('1234');
  });

  it('leaves its source when its reader leaves', async () => {
    const { seen, pieces } = source();
    for await (const _ of readAhead(pieces, never)) break;
    expect(seen).toEqual({ taken: 1, left: true });
  });

  it('shows the break where it was, also to a reader that comes late', async () => {
    const { pieces } = source(2);
    const reader = readAhead(pieces, Promise.resolve());
    await reader.next();
    await turns();
    expect((await reader.next()).done).toBe(false);
    await expect(reader.next()).rejects.toThrow('broken');
  });
});
