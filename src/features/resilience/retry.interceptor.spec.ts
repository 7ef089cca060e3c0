import { GatewayError } from '../../contract/errors';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import { anAttempt, policies } from '../../../test/support/attempt';
import { EventBus } from '../../platform/events/event-bus';
import { RetryInterceptor } from './retry.interceptor';

const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };
const text: Piece = { events: [{ type: 'text', block: 0, text: 'hi' }] };
const error = (code: 'overloaded' | 'rate_limited' | 'invalid_request' | 'deadline_exceeded', retryAfter?: number) =>
  new GatewayError(code, 'no', retryAfter === undefined ? {} : { retryAfter });

async function* stream(...steps: (Piece | GatewayError)[]): AsyncGenerator<Piece> {
  for (const step of steps) {
    if (step instanceof GatewayError) throw step;
    yield step;
  }
}
const reply = (...steps: (Piece | GatewayError)[]): Reply => ({
  provider: 'p',
  model: 'm',
  attempts: 1,
  dropped: [],
  pieces: stream(...steps),
});

function setUp(...answers: (Reply | GatewayError)[]) {
  const events = new EventBus();
  const seen: string[] = [];
  events.on('attempt.finished', ({ ok, code }) => void seen.push(ok ? 'ok' : String(code)));
  const retry = { attempts: 3, baseMs: 1, maxMs: 50 };
  const interceptor = new RetryInterceptor(policies({ defaults: { retry } }), events);
  const controller = new AbortController();
  let calls = 0;
  const ask = (deadlineMs = 10_000) =>
    interceptor.intercept(anAttempt({ signal: controller.signal, deadlineAt: performance.now() + deadlineMs }), () => {
      const answer = answers[calls++];
      if (!answer) throw new Error('asked too often');
      return answer instanceof GatewayError ? Promise.reject(answer) : Promise.resolve(answer);
    });
  return { ask, seen, controller, calls: () => calls };
}

async function read(answer: Reply): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of answer.pieces) pieces.push(piece);
  return pieces;
}

describe('RetryInterceptor', () => {
  it('asks again after a fault of the moment, and says how often it asked', async () => {
    const { ask, seen } = setUp(error('overloaded'), error('rate_limited'), reply(text, end));
    const answer = await ask();
    expect(answer.attempts).toBe(3);
    expect(await read(answer)).toEqual([text, end]);
    expect(seen).toEqual(['overloaded', 'rate_limited', 'ok']);
  });

  it('asks again when the stream breaks before its first piece', async () => {
    const { ask } = setUp(reply(error('overloaded')), reply(text, end));
    expect((await ask()).attempts).toBe(2);
  });

  it('never asks again after the first piece', async () => {
    const { ask, calls } = setUp(reply(text, error('overloaded')), reply(end));
    await expect(read(await ask())).rejects.toMatchObject({ code: 'overloaded' });
    expect(calls()).toBe(1);
  });

  it('gives up after the configured number of attempts', async () => {
    const { ask } = setUp(error('overloaded'), error('overloaded'), error('overloaded'), reply(end));
    await expect(ask()).rejects.toMatchObject({ code: 'overloaded', facts: { attempts: 3 } });
  });

  it.each(['invalid_request', 'deadline_exceeded'] as const)('does not ask again after %s', async (code) => {
    const { ask, calls } = setUp(error(code), reply(end));
    await expect(ask()).rejects.toMatchObject({ code });
    expect(calls()).toBe(1);
  });

  it('does not wait longer than it may: not past maxMs, not past the deadline', async () => {
    const long = setUp(error('rate_limited', 7), reply(end));
    await expect(long.ask()).rejects.toMatchObject({ code: 'rate_limited', facts: { retryAfter: 7 } });
    const late = setUp(error('rate_limited', 0.05), reply(end));
    await expect(late.ask(20)).rejects.toMatchObject({ code: 'rate_limited' });
    expect([long.calls(), late.calls()]).toEqual([1, 1]);
  });

  it('stops waiting when the caller goes away', async () => {
    const { ask, controller, calls } = setUp(error('rate_limited', 0.05), reply(end));
    const asked = ask();
    setTimeout(() => controller.abort(), 5);
    await expect(asked).rejects.toMatchObject({ code: 'rate_limited' });
    expect(calls()).toBe(1);
  });

  it('passes on that the reader has had enough', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Piece> {
      try {
        for (;;) yield text;
      } finally {
        closed = true;
      }
    }
    const { ask } = setUp({ ...reply(), pieces: endless() });
    for await (const piece of (await ask()).pieces) if (piece === text) break;
    expect(closed).toBe(true);
  });
});
