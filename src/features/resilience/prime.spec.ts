import { GatewayError } from '../../contract/errors';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import { primed } from './prime';

const wire = (text: string): Piece['wire'] => ({
  dialect: 'anthropic-messages',
  format: 'sse',
  bytes: Buffer.from(text),
});
const start: Piece = { events: [{ type: 'start', id: 'x', model: 'm' }], wire: wire('start') };
const ping: Piece = { events: [], wire: wire('ping') };
const opened: Piece = { events: [{ type: 'text', block: 0, text: '' }], wire: wire('opened') };
const text: Piece = { events: [{ type: 'text', block: 0, text: 'hi' }], wire: wire('text') };
const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }], wire: wire('end') };

function setUp(...steps: (Piece | GatewayError)[]) {
  const seen = { pulled: 0, closed: 0 };
  const pieces: AsyncIterableIterator<Piece> = {
    next: () => {
      const step = steps[seen.pulled++];
      if (step instanceof GatewayError) return Promise.reject(step);
      return Promise.resolve(step ? { done: false, value: step } : { done: true, value: undefined });
    },
    return: () => {
      seen.closed++;
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => pieces,
  };
  const reply: Reply = { provider: 'p', model: 'm', attempts: 1, dropped: [], pieces };
  return { reply, seen };
}

async function read(reply: Reply): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of reply.pieces) pieces.push(piece);
  return pieces;
}

describe('primed', () => {
  it('waits for the first content and hands on everything as it came', async () => {
    const { reply, seen } = setUp(start, ping, opened, text, text, end);
    const answer = await primed(reply);
    expect(seen.pulled).toBe(4);
    const pieces = await read(answer);
    for (const [i, piece] of [start, ping, opened, text, text, end].entries()) expect(pieces[i]).toBe(piece);
    expect(pieces).toHaveLength(6);
  });

  it('does not look beyond a first piece that says something', async () => {
    const { reply, seen } = setUp({ events: [...start.events, ...text.events, ...end.events] });
    await primed(reply);
    expect(seen.pulled).toBe(1);
  });

  it('throws what breaks the stream before its first content', async () => {
    const { reply } = setUp(start, ping, new GatewayError('overloaded', 'busy'));
    await expect(primed(reply)).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('hands out what breaks later, after what came before', async () => {
    const { reply } = setUp(start, text, new GatewayError('overloaded', 'busy'));
    const pieces: Piece[] = [];
    const reading = (async () => {
      for await (const piece of (await primed(reply)).pieces) pieces.push(piece);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'overloaded' });
    expect(pieces).toEqual([start, text]);
  });

  it('holds back only a little', async () => {
    const many = setUp(start, ...Array<Piece>(20).fill(ping), end);
    const answer = await primed(many.reply);
    expect(many.seen.pulled).toBe(8);
    expect(await read(answer)).toHaveLength(22);
    const large = setUp({ ...ping, wire: wire('x'.repeat(70_000)) }, ping, end);
    await primed(large.reply);
    expect(large.seen.pulled).toBe(1);
  });

  it('hands on an empty stream', async () => {
    expect(await read(await primed(setUp().reply))).toEqual([]);
  });

  it('closes the stream once when its reader has had enough, and hands out nothing more', async () => {
    const { reply, seen } = setUp(start, ping, text, end);
    const pieces = (await primed(reply)).pieces[Symbol.asyncIterator]();
    expect((await pieces.next()).value).toBe(start);
    await pieces.return?.();
    expect(seen).toEqual({ pulled: 3, closed: 1 });
  });
});
