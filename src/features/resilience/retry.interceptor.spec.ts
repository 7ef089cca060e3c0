import type { Attempt } from '../../contract/attempt';
import type { Tried } from '../../contract/call';
import { GatewayError, type ErrorCode, type ErrorFacts } from '../../contract/errors';
import type { RetryDenied, RetryScheduled } from '../../contract/events';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import { anAttempt, policies } from '../../../test/support/attempt';
import { EventBus } from '../../platform/events/event-bus';
import type { RetryPolicy } from '../../platform/config/policies';
import { Latencies } from './latencies';
import { RetryInterceptor } from './retry.interceptor';

const start: Piece = { events: [{ type: 'start', id: 'x', model: 'm' }] };
const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };
const text: Piece = { events: [{ type: 'text', block: 0, text: 'hi' }] };
const error = (code: ErrorCode, facts: ErrorFacts = {}) => new GatewayError(code, 'no', facts);
const after = (retryAfter: number) => error('rate_limited', { retryAfter });

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

function interceptorWith(retry: Partial<RetryPolicy> = {}) {
  const events = new EventBus();
  const latencies = new Latencies();
  const policy = policies({ defaults: { retry: { attempts: 3, baseMs: 1, maxMs: 50, ...retry } } });
  return { interceptor: new RetryInterceptor(policy, events, latencies), events, latencies };
}

function setUp(...answers: (Reply | GatewayError)[]) {
  const { interceptor, events, latencies } = interceptorWith();
  const seen: string[] = [];
  events.on('attempt.finished', ({ ok, code }) => void seen.push(ok ? 'ok' : String(code)));
  const tried: Tried[] = [];
  const controller = new AbortController();
  let calls = 0;
  const ask = (over: Partial<Attempt> = {}) =>
    interceptor.intercept(
      anAttempt({ signal: controller.signal, tried: (fact) => void tried.push(fact), ...over }),
      () => {
        const answer = answers[calls++];
        if (!answer) throw new Error('asked too often');
        return answer instanceof GatewayError ? Promise.reject(answer) : Promise.resolve(answer);
      },
    );
  return { ask, seen, tried, latencies, controller, calls: () => calls };
}

async function read(answer: Reply): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of answer.pieces) pieces.push(piece);
  return pieces;
}

describe('RetryInterceptor', () => {
  it('asks again after a fault of the moment, and says how often it asked', async () => {
    const { ask, seen } = setUp(error('overloaded'), after(0.001), reply(text, end));
    const answer = await ask();
    expect(answer.attempts).toBe(3);
    expect(await read(answer)).toEqual([text, end]);
    expect(seen).toEqual(['overloaded', 'rate_limited', 'ok']);
  });

  it.each([
    ['before its first piece', []],
    ['after nothing but its opening', [start]],
  ])('asks again when the stream breaks %s', async (_when, steps) => {
    const { ask } = setUp(reply(...steps, error('overloaded')), reply(start, text, end));
    const answer = await ask();
    expect(answer.attempts).toBe(2);
    expect(await read(answer)).toEqual([start, text, end]);
  });

  it('never asks again after the first content', async () => {
    const { ask, calls } = setUp(reply(text, error('overloaded')), reply(end));
    await expect(read(await ask())).rejects.toMatchObject({ code: 'overloaded' });
    expect(calls()).toBe(1);
  });

  it('gives up after the configured number of attempts', async () => {
    const { ask } = setUp(error('overloaded'), error('overloaded'), error('overloaded'), reply(end));
    await expect(ask()).rejects.toMatchObject({ code: 'overloaded', facts: { attempts: 3 } });
  });

  it.each<[string, GatewayError]>([
    ['a fault of the request', error('invalid_request')],
    ['a provider that took too long', error('deadline_exceeded', { blame: 'provider' })],
    ['a key that the provider refuses', error('provider_failed', { blame: 'key' })],
    ['a fault of this process', error('internal')],
    ['an open circuit', error('circuit_open')],
  ])('does not ask again after %s', async (_what, failure) => {
    const { ask, calls } = setUp(failure, reply(end));
    await expect(ask()).rejects.toMatchObject({ code: failure.code });
    expect(calls()).toBe(1);
  });

  it('waits for a key at its limit only when there is no spare one', async () => {
    const one = setUp(after(0.001), reply(end));
    expect((await one.ask({ key: { index: 0, spare: false } })).attempts).toBe(2);
    const two = setUp(after(0.001), reply(end));
    await expect(two.ask({ key: { index: 0, spare: true } })).rejects.toMatchObject({ code: 'rate_limited' });
    expect(two.calls()).toBe(1);
  });

  it('does not wait longer than it may: not past maxMs, the deadline, or the time of another model', async () => {
    const soon = () => performance.now() + 20;
    for (const [wait, over] of [
      [7, {}],
      [0.05, { deadlineAt: soon() }],
      [0.05, { answerBy: soon() }],
    ] as const) {
      const { ask, calls } = setUp(after(wait), reply(end));
      await expect(ask(over)).rejects.toMatchObject({ code: 'rate_limited', facts: { retryAfter: wait } });
      expect(calls()).toBe(1);
    }
  });

  it('leaves it to another model when that could answer sooner', async () => {
    const { interceptor } = interceptorWith({ maxMs: 5_000, yieldMs: 10 });
    let calls = 0;
    const ask = (retryAfter: number) =>
      interceptor.intercept(anAttempt({ alternatives: [{ provider: 'q', model: 'm' }] }), () =>
        calls++ ? Promise.resolve(reply(end)) : Promise.reject(after(retryAfter)),
      );
    await expect(ask(0.5)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(calls).toBe(1);
    calls = 0;
    expect((await ask(0.005)).attempts).toBe(2);
  });

  it('tells of every time it asked, with which key, and remembers how long the answer took to begin', async () => {
    const { ask, tried, latencies } = setUp(error('overloaded'), reply(text, end));
    await ask({ key: { index: 2, spare: false } });
    expect(tried).toEqual([
      { provider: 'p', model: 'm', key: 2, code: 'overloaded', ms: expect.any(Number) },
      { provider: 'p', model: 'm', key: 2, code: undefined, ms: expect.any(Number) },
    ]);
    expect(latencies.of({ provider: 'p', model: 'm' }, false)).toBe(tried[1]?.ms);
  });

  it('does not multiply an outage: beyond its budget it gives up at once, and says so', async () => {
    const { interceptor, events } = interceptorWith({ budgetMinimum: 2, budgetRatio: 0.1 });
    const scheduled: RetryScheduled[] = [];
    const denied: RetryDenied[] = [];
    events.on('retry.scheduled', (event) => void scheduled.push(event));
    events.on('retry.denied', (event) => void denied.push(event));
    const asked = Array.from({ length: 50 }, () =>
      interceptor.intercept(anAttempt(), () => Promise.reject(error('overloaded'))).catch((e: GatewayError) => e.code),
    );
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['overloaded']));
    expect(scheduled).toHaveLength(5);
    expect(denied.length).toBeGreaterThan(0);
    expect(denied[0]).toEqual({ provider: 'p', model: 'm', code: 'overloaded' });
  });

  it('stops waiting when the caller goes away', async () => {
    const { ask, controller, calls } = setUp(after(0.05), reply(end));
    const asked = ask();
    setTimeout(() => controller.abort(error('client_closed')), 5);
    await expect(asked).rejects.toMatchObject({ code: 'client_closed', facts: { attempts: 1 } });
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
