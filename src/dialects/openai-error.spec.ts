import { GatewayError } from '../contract/errors';
import { encodeOpenAiError } from './openai-error';

describe('encodeOpenAiError', () => {
  it('names the field at fault', () => {
    const error = new GatewayError('invalid_request', 'messages: is required', { param: 'messages' });
    expect(encodeOpenAiError(error, 'r1')).toStrictEqual({
      error: {
        message: 'messages: is required',
        type: 'invalid_request_error',
        param: 'messages',
        code: 'invalid_request',
      },
    });
  });

  it("prefers the provider's own code to ours", () => {
    const error = new GatewayError('invalid_request', 'too long', { providerCode: 'context_length_exceeded' });
    expect(encodeOpenAiError(error, 'r1')).toMatchObject({ error: { code: 'context_length_exceeded', param: null } });
  });

  it('hands on the details by which clients recover', () => {
    const error = new GatewayError('budget_exhausted', 'spent', { details: { limit_usd: 5 } });
    expect(encodeOpenAiError(error, 'r1')).toMatchObject({
      error: { type: 'insufficient_quota', code: 'budget_exhausted', details: { limit_usd: 5 } },
    });
  });

  it('tells of an internal error only which request it was', () => {
    const error = GatewayError.from(new TypeError('secret at /srv/db'));
    expect(encodeOpenAiError(error, 'req-7')).toStrictEqual({
      error: { message: 'Internal error (request req-7)', type: 'server_error', param: null, code: 'internal' },
    });
  });
});
