import { GatewayError } from '../../contract/errors';
import { Scrubber } from './scrubber';
import { shownError } from './shown-error';

describe('the error as a caller may read it', () => {
  const secret = 'sk-of-the-gateway-1';
  const scrubber = new Scrubber();
  scrubber.protect('OPENAI_API_KEY', secret);

  it('is the very same when it gives nothing away', () => {
    const error = new GatewayError('invalid_request', 'no\nsuch field', { param: 'a.b', details: { n: 1, s: 'x' } });
    expect(shownError(error, scrubber)).toBe(error);
  });

  it('names no secret of the gateway, in its message or facts', () => {
    const facts = { param: secret, providerCode: secret, details: { key: secret, n: 1 }, status: 422, retryAfter: 3 };
    const shown = shownError(new GatewayError('invalid_request', `Wrong key ${secret}\u009b2J`, facts), scrubber);
    const name = '[secret OPENAI_API_KEY]';
    expect(shown).toMatchObject({
      code: 'invalid_request',
      message: `Wrong key ${name}\\u009b2J`,
      status: 422,
      retryAfter: 3,
      facts: { param: name, providerCode: name, details: { key: name, n: 1 } },
    });
  });
});
