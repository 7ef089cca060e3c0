import { getEventListeners } from 'node:events';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import { held } from './held-reply';

const text: Piece = { events: [{ type: 'text', block: 0, text: 'hi' }] };
const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };

function hold(...steps: (Piece | Error)[]) {
  const caller = new AbortController();
  let given = 0;
  let closed = 0;
  const source: AsyncIterator<Piece> = {
    next: () => {
      const step = steps.shift();
      if (step instanceof Error) return Promise.reject(step);
      return Promise.resolve(step ? { done: false, value: step } : { done: true, value: undefined });
    },
    return: () => {
      closed++;
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  const reply: Reply = {
    provider: 'p',
    model: 'm',
    attempts: 1,
    dropped: [],
    pieces: { [Symbol.asyncIterator]: () => source },
  };
  const pieces = held(reply, caller.signal, () => void given++).pieces[Symbol.asyncIterator]();
  return { pieces, caller, given: () => given, closed: () => closed };
}

describe('held', () => {
  it('gives back before the last piece is handed out', async () => {
    const { pieces, given, caller } = hold(text, end);
    await pieces.next();
    expect(given()).toBe(0);
    const last = pieces.next();
    expect((await last).value).toBe(end);
    expect(given()).toBe(1);
    await pieces.next();
    await pieces.return?.();
    caller.abort();
    expect(given()).toBe(1);
  });

  it('gives back when the reply breaks, or stops without an end', async () => {
    const broken = hold(text, new Error('cut'));
    await broken.pieces.next();
    await expect(broken.pieces.next()).rejects.toThrow('cut');
    const short = hold();
    await short.pieces.next();
    expect([broken.given(), short.given()]).toEqual([1, 1]);
  });

  it.each([0, 1])(
    'gives back when the reader walks away after %i pieces, and says so to whoever answers',
    async (read) => {
      const { pieces, given, closed } = hold(text, text, end);
      for (let i = 0; i < read; i++) await pieces.next();
      await pieces.return?.();
      expect([given(), closed()]).toEqual([1, 1]);
    },
  );

  it('gives back when the call is cancelled, though nobody reads', () => {
    const { given, caller } = hold(text, end);
    caller.abort();
    expect(given()).toBe(1);
  });

  it('leaves no listener behind', async () => {
    const { pieces, caller } = hold(end);
    await pieces.next();
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });
});
