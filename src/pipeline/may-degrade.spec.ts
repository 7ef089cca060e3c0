import { type ErrorCode, type ErrorFacts, GatewayError } from '../contract/errors';
import { exhausted } from './exhausted';
import { mayDegrade } from './may-degrade';

const open = new AbortController().signal;
const may = (code: ErrorCode, facts: ErrorFacts = {}, elapsed = 100, timeoutMs?: number, signal = open) =>
  mayDegrade(new GatewayError(code, 'no', facts), { signal, timeoutMs, startedAt: 0 }, elapsed);

describe('mayDegrade', () => {
  it.each<ErrorCode>(['provider_failed', 'overloaded', 'circuit_open', 'rate_limited', 'deadline_exceeded'])(
    'after %s',
    (code) => expect(may(code)).toBe(true),
  );

  it.each<[ErrorCode, ErrorFacts]>([
    ['invalid_request', { blame: 'caller' }],
    ['invalid_request', { blame: 'provider' }],
    ['prompt_too_large', { blame: 'caller' }],
    ['concurrency_limited', {}],
    ['client_closed', {}],
    ['internal', {}],
    ['storage_unavailable', {}],
    ['budget_exhausted', {}],
    ['model_not_allowed', {}],
    ['rate_limited', { blame: 'caller' }],
  ])('not after %s %j', (code, facts) => expect(may(code, facts)).toBe(false));

  it('after whatever else the provider or our key is to blame for', () => {
    expect(may('model_not_found', { blame: 'provider' })).toBe(true);
    expect(may('conflict', { blame: 'key' })).toBe(true);
  });

  it('not when the caller had no more time, nor when nobody is there', () => {
    expect(may('deadline_exceeded', {}, 100, 100)).toBe(false);
    expect(may('deadline_exceeded', {}, 98, 100)).toBe(false);
    expect(may('deadline_exceeded', {}, 50, 100)).toBe(true);
    expect(may('provider_failed', {}, 100, undefined, AbortSignal.abort())).toBe(false);
  });
});

describe('exhausted', () => {
  it('is the same failure in kinder words, with a time to come back', () => {
    const failure = new GatewayError('overloaded', 'The provider is overloaded', { attempts: 3, retryAfter: 9 });
    const error = exhausted(failure, 'Sorry.');
    expect(error).toMatchObject({ code: 'overloaded', status: 503, retryAfter: 9 });
    expect(error.message).toBe('Sorry. The provider is overloaded');
    expect(error.facts).toMatchObject({ exhausted: true, attempts: 3 });
    expect(exhausted(failure, '').message).toBe('The provider is overloaded');
    expect(exhausted(new GatewayError('provider_failed', 'x'), '').retryAfter).toBe(5);
  });
});
