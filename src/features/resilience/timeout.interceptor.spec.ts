import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../contract/errors';
import { NO_USAGE, type Piece } from '../../contract/reply';
import { anAttempt, policies, QUESTION } from '../../../test/support/attempt';
import { TimeoutInterceptor } from './timeout.interceptor';

const start: Piece = { events: [{ type: 'start', id: 'x', model: 'm' }] };
const text: Piece = { events: [{ type: 'text', block: 0, text: 'hi' }] };
const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };

/** A provider that hands out pieces and pauses (milliseconds) in turn, and stops when it is told to. */
function ask(
  steps: readonly (Piece | number)[],
  { total = 10_000, answer = Infinity, hurried = false, acceptAfter = 0, stream = true } = {},
) {
  const timeout = { firstTokenMs: 60, idleMs: 40 };
  const interceptor = new TimeoutInterceptor(policies({ defaults: { timeout } }));
  const caller = new AbortController();
  let closed = false;
  async function* pieces(signal: AbortSignal): AsyncGenerator<Piece> {
    try {
      for (const step of steps)
        if (typeof step === 'number') await sleep(step, undefined, { signal });
        else yield step;
    } finally {
      closed = true;
    }
  }
  const attempt = anAttempt({
    request: { ...QUESTION, stream },
    signal: caller.signal,
    deadlineAt: performance.now() + total,
    answerBy: performance.now() + Math.min(answer, total),
    hurried,
  });
  const reply = interceptor.intercept(attempt, async ({ signal }) => {
    if (acceptAfter) await sleep(acceptAfter, undefined, { signal });
    return { provider: 'p', model: 'm', attempts: 1, dropped: [], pieces: pieces(signal) };
  });
  return { reply, caller, closed: () => closed };
}

async function read({ reply }: ReturnType<typeof ask>, onPiece?: () => Promise<void>): Promise<Piece[]> {
  const seen: Piece[] = [];
  for await (const piece of (await reply).pieces) {
    seen.push(piece);
    await onPiece?.();
  }
  return seen;
}

describe('TimeoutInterceptor', () => {
  it('lets an answer pass that keeps its deadlines', async () => {
    expect(await read(ask([start, text, 20, text, 20, text, end]))).toHaveLength(5);
  });

  it('ends a call that is never accepted', async () => {
    await expect(read(ask([], { acceptAfter: 5_000 }))).rejects.toMatchObject({
      code: 'deadline_exceeded',
      message: expect.stringContaining('did not begin to answer within 60 ms'),
    });
  });

  it('gives an answer that is not streamed the whole time: it begins when it is complete', async () => {
    expect(await read(ask([text, end], { acceptAfter: 100, stream: false }))).toHaveLength(2);
    await expect(read(ask([text, end], { acceptAfter: 5_000, stream: false, total: 80 }))).rejects.toThrow(
      'within its deadline',
    );
  });

  it('ends a stream that opens and then says nothing: an opening is not an answer', async () => {
    const call = ask([start, 5_000, text, end]);
    await expect(read(call)).rejects.toThrow('did not begin to answer within 60 ms');
    expect(call.closed()).toBe(true);
  });

  it('counts an empty text as an opening', async () => {
    const empty: Piece = { events: [{ type: 'text', block: 0, text: '' }] };
    await expect(read(ask([start, empty, 5_000, end]))).rejects.toThrow('did not begin to answer within 60 ms');
  });

  it.each([true, false])('leaves another model its time, and blames the provider; streamed: %s', async (stream) => {
    const call = ask([], { acceptAfter: 5_000, answer: 30, hurried: true, stream });
    await expect(read(call)).rejects.toMatchObject({
      code: 'deadline_exceeded',
      message: expect.stringMatching(/did not begin to answer within (29|30) ms/),
      facts: { blame: 'provider' },
    });
  });

  it('does not cut an answer off that began in time for another model', async () => {
    expect(await read(ask([start, text, 35, text, 35, end], { answer: 30 }))).toHaveLength(4);
  });

  it('blames nobody when the caller’s own time is over', async () => {
    const call = ask([], { acceptAfter: 5_000, total: 30, hurried: true });
    await expect(read(call)).rejects.toMatchObject({ code: 'deadline_exceeded', facts: {} });
    const patient = ask([], { acceptAfter: 5_000, total: 30 });
    await expect(read(patient)).rejects.toMatchObject({ code: 'deadline_exceeded', facts: { blame: 'provider' } });
  });

  it('ends a stream that falls silent', async () => {
    await expect(read(ask([start, text, 5_000, end]))).rejects.toThrow('fell silent for 40 ms');
  });

  it('ends a call that takes longer than the whole may, however lively it is', async () => {
    const lively = Array.from({ length: 100 }, () => [10, text]).flat();
    await expect(read(ask([start, ...lively, end], { total: 80 }))).rejects.toThrow('within its deadline');
  });

  it('does not blame the provider for a slow reader', async () => {
    expect(await read(ask([start, text, text, end]), () => sleep(90))).toHaveLength(4);
  });

  it('passes on that the caller went away, with the caller’s own reason', async () => {
    const call = ask([start, text, 5_000, end]);
    const reading = read(call);
    const gone = new GatewayError('client_closed', 'gone');
    setTimeout(() => call.caller.abort(gone), 10);
    await expect(reading).rejects.toBeDefined();
    expect(call.closed()).toBe(true);
  });
});
