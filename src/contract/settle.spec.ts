import { NO_USAGE, type Piece, type ReplyEvent } from './reply';
import { settled, type Outcome } from './settle';

const text: ReplyEvent = { type: 'text', block: 0, text: 'hi' };
const end: ReplyEvent = { type: 'end', usage: NO_USAGE };
const piece = (...events: ReplyEvent[]): Piece => ({ events });

async function* stream(...steps: (Piece | Error)[]): AsyncGenerator<Piece> {
  for (const step of steps) {
    if (step instanceof Error) throw step;
    yield step;
  }
}

async function read(steps: (Piece | Error)[], { stopAfter = Infinity, settleFails = false } = {}) {
  const log: (Outcome['kind'] | Piece)[] = [];
  const reply = settled(
    { provider: 'p', model: 'm', attempts: 1, dropped: [], pieces: stream(...steps) },
    (outcome) => {
      log.push(outcome.kind);
      if (settleFails) throw new Error('the record is not durable');
    },
  );
  let error: unknown;
  try {
    let seen = 0;
    for await (const next of reply.pieces) {
      log.push(next);
      if (++seen >= stopAfter) break;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { log, error };
}

describe('settled', () => {
  it('settles an answer before its last piece is handed out', async () => {
    const last = piece(text, end);
    expect((await read([piece(text), last])).log).toEqual([piece(text), 'answered', last]);
  });

  it('settles a broken stream once, as failed, and shows the break', async () => {
    const { log, error } = await read([piece(text), new Error('reset')]);
    expect(log).toEqual([piece(text), 'failed']);
    expect(String(error)).toContain('reset');
  });

  it('settles a reply that its reader abandoned', async () => {
    expect((await read([piece(text), piece(text), piece(end)], { stopAfter: 1 })).log).toEqual([
      piece(text),
      'abandoned',
    ]);
  });

  it('does not settle twice when the reader stops at the last piece', async () => {
    expect((await read([piece(end)], { stopAfter: 1 })).log).toEqual(['answered', piece(end)]);
  });

  it('reports a stream that ends without its last event as broken', async () => {
    const { log, error } = await read([piece(text)]);
    expect(log).toEqual([piece(text), 'failed']);
    expect(error).toMatchObject({ code: 'provider_failed' });
  });

  it('withholds the last piece when settling fails', async () => {
    const { log, error } = await read([piece(text), piece(end)], { settleFails: true });
    expect(log).toEqual([piece(text), 'answered']);
    expect(String(error)).toContain('not durable');
  });
});
