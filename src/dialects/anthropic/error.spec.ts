import { ERRORS, type ErrorCode, GatewayError } from '../../contract/errors';
import { anthropicMessages } from '.';

const spell = (code: ErrorCode, facts = {}) =>
  anthropicMessages.encodeError(new GatewayError(code, 'why', facts), 'req_1');

describe('encodeError', () => {
  it.each([
    ['invalid_request', 'invalid_request_error'],
    ['unauthenticated', 'authentication_error'],
    ['budget_exhausted', 'billing_error'],
    ['model_not_allowed', 'permission_error'],
    ['model_not_found', 'not_found_error'],
    ['prompt_too_large', 'request_too_large'],
    ['concurrency_limited', 'rate_limit_error'],
    ['overloaded', 'overloaded_error'],
    ['deadline_exceeded', 'timeout_error'],
    ['internal', 'api_error'],
  ] as const)('spells %s as %s', (code, type) => {
    expect(spell(code)).toEqual({ type: 'error', error: { type, message: 'why' }, request_id: 'req_1' });
  });

  it('gives every code a type of Anthropic', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[])
      expect(spell(code).error).toMatchObject({ type: expect.stringMatching(/_error$|^request_too_large$/) });
  });

  it('hands on what clients recover from', () => {
    expect(spell('not_found', { providerCode: 'thread_not_found' }).error).toMatchObject({
      details: { error_code: 'thread_not_found' },
    });
    expect(spell('budget_exhausted', { details: { limit_usd: 5 } }).error).toMatchObject({ details: { limit_usd: 5 } });
  });
});
