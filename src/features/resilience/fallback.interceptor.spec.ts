import type { Attempt } from '../../contract/attempt';
import type { Tried } from '../../contract/call';
import { GatewayError, type ErrorCode, type ErrorFacts } from '../../contract/errors';
import type { FallbackTaken } from '../../contract/events';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import { anAttempt, policies } from '../../../test/support/attempt';
import { EventBus } from '../../platform/events/event-bus';
import type { FallbackPolicy } from '../../platform/config/policies';
import { FallbackInterceptor } from './fallback.interceptor';

const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };
const error = (code: ErrorCode, facts: ErrorFacts = {}) => new GatewayError(code, code, facts);
const model = (name: string) => ({ provider: 'p', model: name });

interface Setting {
  readonly policy?: Partial<FallbackPolicy>;
  readonly attempt?: Partial<Attempt>;
  /** How often a model is asked each time. */
  readonly times?: number;
}

/** Models a, b, c, … that do what `answers` says of each: answer, or fail. */
function setUp(answers: readonly ('ok' | GatewayError)[], { policy = {}, attempt = {}, times = 1 }: Setting = {}) {
  const events = new EventBus();
  const taken: FallbackTaken[] = [];
  events.on('fallback.taken', (event) => void taken.push(event));
  const tried: Tried[] = [];
  const turns: Attempt[] = [];
  const interceptor = new FallbackInterceptor(policies({ defaults: { fallback: policy } }), events);
  const [candidate = model('a'), ...alternatives] = answers.map((_, i) => model('abcdefgh'[i] ?? 'z'));
  const asked = anAttempt({ candidate, alternatives, tried: (fact) => void tried.push(fact), ...attempt });
  const reply = interceptor.intercept(asked, (turn) => {
    const answer = answers[turns.push(turn) - 1];
    const failure = answer instanceof GatewayError ? answer : undefined;
    if (failure?.code !== 'circuit_open')
      for (let i = 0; i < times; i++) turn.tried({ ...turn.candidate, code: failure?.code, ms: 1 });
    if (failure) return Promise.reject(failure);
    return Promise.resolve<Reply>({ ...turn.candidate, attempts: times, dropped: [], pieces: pieces() });
  });
  return { reply, taken, tried, turns, models: () => turns.map(({ candidate: { model: name } }) => name).join('') };
}

async function* pieces(): AsyncGenerator<Piece> {
  yield end;
}

describe('FallbackInterceptor', () => {
  it('asks only the first model when that answers, and nothing is degraded', async () => {
    const call = setUp(['ok', 'ok'], { times: 2 });
    expect(await call.reply).toMatchObject({ model: 'a', attempts: 2 });
    expect((await call.reply).degraded).toBeUndefined();
    expect([call.models(), call.taken]).toEqual(['a', []]);
  });

  it.each<[string, GatewayError]>([
    ['fails', error('provider_failed')],
    ['is overloaded', error('overloaded')],
    ['took too long', error('deadline_exceeded', { blame: 'provider' })],
    ['is at its limit', error('rate_limited')],
    ['refuses our key', error('provider_failed', { blame: 'key' })],
    ['does not have the model any more', error('model_not_found', { blame: 'provider' })],
    ['is not to be asked for now', error('circuit_open')],
  ])('turns to the next one when the provider %s', async (_what, failure) => {
    const call = setUp([failure, 'ok']);
    expect(await call.reply).toMatchObject({ model: 'b', degraded: 'fallback' });
    expect(call.taken).toEqual([{ from: 'p/a', to: 'p/b', code: failure.code }]);
  });

  it.each<[string, GatewayError]>([
    ['what the caller asked is wrong', error('invalid_request', { blame: 'caller' })],
    ['it cannot be said to that provider', error('invalid_request')],
    ['the caller’s own time is over', error('deadline_exceeded')],
    ['the caller went away', error('client_closed')],
    ['this process is at fault', error('internal')],
    ['the tenant has too many calls', error('concurrency_limited')],
  ])('does not when %s', async (_what, failure) => {
    const call = setUp([failure, 'ok']);
    await expect(call.reply).rejects.toMatchObject({ code: failure.code });
    expect([call.models(), call.taken]).toEqual(['a', []]);
  });

  it('counts all attempts of all models', async () => {
    const call = setUp([error('overloaded'), error('provider_failed'), 'ok'], { times: 2 });
    expect(await call.reply).toMatchObject({ model: 'c', attempts: 6 });
    expect(call.tried.map(({ model: name }) => name).join('')).toBe('aabbcc');
    const failed = setUp([error('overloaded'), error('provider_failed')], { times: 3 });
    await expect(failed.reply).rejects.toMatchObject({ facts: { attempts: 6 } });
  });

  it('asks no more models than the policy says; one that was not really asked does not count', async () => {
    const busy = error('overloaded');
    const policy = { models: 2 };
    const call = setUp([busy, busy, 'ok'], { policy });
    await expect(call.reply).rejects.toMatchObject({ code: 'overloaded' });
    expect(call.models()).toBe('ab');
    const open = setUp([error('circuit_open'), error('circuit_open'), busy, 'ok'], { policy });
    expect(await open.reply).toMatchObject({ model: 'd', attempts: 2 });
  });

  it('asks only the first when the policy allows no other', async () => {
    const call = setUp([error('overloaded'), 'ok'], { policy: { enabled: false } });
    await expect(call.reply).rejects.toMatchObject({ code: 'overloaded' });
    expect([call.models(), call.turns[0]?.alternatives]).toEqual(['a', []]);
  });

  it('passes over a stand-in that cannot take the request, and reports what really happened', async () => {
    const unfit = error('invalid_request', { param: 'logit_bias' });
    expect(await setUp([error('overloaded'), unfit, 'ok']).reply).toMatchObject({ model: 'c' });
    await expect(setUp([error('overloaded'), unfit]).reply).rejects.toMatchObject({ code: 'overloaded' });
    const fault = setUp([error('overloaded'), error('internal'), 'ok']);
    await expect(fault.reply).rejects.toMatchObject({ code: 'internal' });
  });

  it('throws the first failure of a model that was asked, and when the first of all may answer again', async () => {
    const call = setUp([
      error('circuit_open', { retryAfter: 9 }),
      error('overloaded', { retryAfter: 30 }),
      error('provider_failed'),
    ]);
    await expect(call.reply).rejects.toMatchObject({ code: 'overloaded', retryAfter: 9, facts: { attempts: 2 } });
    const open = setUp([error('circuit_open', { retryAfter: 9 }), error('circuit_open', { retryAfter: 4 })]);
    await expect(open.reply).rejects.toMatchObject({ code: 'circuit_open', retryAfter: 4, facts: { attempts: 0 } });
  });

  it.each<[ErrorCode, ErrorFacts, number | undefined]>([
    ['provider_failed', {}, 3],
    ['deadline_exceeded', { blame: 'provider' }, 3],
    ['overloaded', { retryAfter: 20 }, 20],
    ['deadline_exceeded', {}, undefined],
    ['model_not_found', { blame: 'provider' }, undefined],
  ])('says of %s %j when to come back: %s', async (code, facts, retryAfter) => {
    await expect(setUp([error(code, facts)]).reply).rejects.toMatchObject({ code, retryAfter });
  });

  it('gives a model half of the time while another is left, and the last one all of it', async () => {
    const now = performance.now();
    const call = setUp([error('overloaded'), error('overloaded'), 'ok'], {
      policy: { models: 3 },
      attempt: { deadlineAt: now + 8_000, answerBy: now + 8_000 },
    });
    await call.reply;
    const halves = call.turns.map(({ answerBy }) => Math.round((answerBy - now) / 1_000));
    expect(halves).toEqual([4, 4, 8]);
    expect(call.turns.map(({ deadlineAt }) => deadlineAt)).toEqual([1, 1, 1].map(() => now + 8_000));
    const names = call.turns.map(({ alternatives }) => alternatives.map(({ model: name }) => name).join(''));
    expect(names).toEqual(['bc', 'c', '']);
  });

  it('promises a model no successor that the policy will not let it have', async () => {
    const call = setUp([error('overloaded'), 'ok', 'ok'], { policy: { models: 2 } });
    await call.reply;
    expect(call.turns.map(({ alternatives }) => alternatives.length)).toEqual([2, 0]);
    expect(call.turns[1]?.answerBy).toBe(call.turns[1]?.deadlineAt);
  });

  it('asks nobody when the time is over or the caller is gone', async () => {
    const past = performance.now() - 1;
    const late = setUp([error('overloaded'), 'ok'], { attempt: { deadlineAt: past, answerBy: past } });
    await expect(late.reply).rejects.toMatchObject({ code: 'overloaded' });
    const gone = setUp([error('overloaded'), 'ok'], { attempt: { signal: AbortSignal.abort() } });
    await expect(gone.reply).rejects.toMatchObject({ code: 'overloaded' });
    expect([late.models(), gone.models()]).toEqual(['a', 'a']);
  });
});
