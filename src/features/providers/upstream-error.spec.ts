import { upstreamError, type UpstreamResponse } from './upstream-error';

const openai = (status: number, error: object, headers = {}): UpstreamResponse => ({
  dialect: 'openai-chat',
  status,
  headers,
  body: JSON.stringify({ error }),
});
const anthropic = (status: number, error: object): UpstreamResponse => ({
  dialect: 'anthropic-messages',
  status,
  headers: {},
  body: JSON.stringify({ type: 'error', error }),
});

describe('upstreamError', () => {
  it('hands a complaint about the request to the caller, with the provider’s words, code and parameter', () => {
    const error = upstreamError(
      openai(400, { message: 'too long', code: 'context_length_exceeded', param: 'messages' }),
    );
    expect(error).toMatchObject({
      code: 'invalid_request',
      status: 400,
      message: 'too long',
      facts: { providerCode: 'context_length_exceeded', param: 'messages', providerStatus: 400 },
    });
    expect(upstreamError(openai(422, { message: 'no' }))).toMatchObject({ code: 'invalid_request', status: 422 });
    expect(upstreamError(anthropic(413, { message: 'big' }))).toMatchObject({
      code: 'prompt_too_large',
      message: 'big',
    });
  });

  it.each([401, 402, 403])('never lets a caller see our %i, nor what was said about our account', (status) => {
    const error = upstreamError(
      openai(status, { message: 'Incorrect API key provided: sk-canary', code: 'invalid_api_key' }),
    );
    expect(error).toMatchObject({ code: 'provider_failed', status: 502 });
    expect(JSON.stringify([error.message, error.facts])).not.toMatch(/canary|invalid_api_key/);
  });

  it('reads how long to wait, in seconds or as a date', () => {
    expect(upstreamError(openai(429, {}, { 'retry-after': '7' }))).toMatchObject({
      code: 'rate_limited',
      retryAfter: 7,
    });
    const date = new Date(Date.now() + 5_000).toUTCString();
    expect(upstreamError(openai(429, {}, { 'retry-after': date })).retryAfter).toBeGreaterThan(3);
    expect(upstreamError(openai(429, {}, { 'retry-after': 'soon' })).retryAfter).toBe(1);
  });

  it('reads what is left of the key, and waits until it is refilled when nothing else is said', () => {
    const spent = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '12s' };
    expect(upstreamError(openai(429, {}, spent))).toMatchObject({
      retryAfter: 12,
      facts: { quota: { tokens: { remaining: 0, resetMs: 12_000 } } },
    });
    expect(upstreamError(openai(429, {}, { ...spent, 'retry-after': '2' })).retryAfter).toBe(2);
    expect(upstreamError(openai(429, {}, { ...spent, 'x-ratelimit-remaining-tokens': '7' })).retryAfter).toBe(1);
  });

  it('does not take a model that the project may not use for a bad key', () => {
    const error = upstreamError(
      openai(403, { message: 'Project `proj_1` does not have access to model `x`', code: 'model_not_found' }),
    );
    expect(error).toMatchObject({ code: 'model_not_found', facts: { blame: 'provider' } });
    expect(error.message).not.toContain('proj_1');
  });

  it('tells a lost thread from a model that is not there', () => {
    expect(
      upstreamError(anthropic(404, { message: 'gone', details: { error_code: 'thread_not_found' } })),
    ).toMatchObject({
      code: 'not_found',
      facts: { details: { error_code: 'thread_not_found' } },
    });
    expect(upstreamError(anthropic(404, { message: 'model: x' }))).toMatchObject({ code: 'model_not_found' });
  });

  it.each([
    [500, 'provider_failed', 502],
    [503, 'overloaded', 503],
    [529, 'overloaded', 503],
    [504, 'deadline_exceeded', 504],
    [302, 'provider_failed', 502],
  ])('spells %i as %s', (status, code, ours) => {
    expect(upstreamError(openai(status, { message: 'x' }))).toMatchObject({ code, status: ours });
  });

  it.each(['', '<html>bad gateway</html>', '[]', '{"error":"just text"}', '{"error":{"message":5}}', 'null'])(
    'makes do with %j',
    (body) => {
      expect(upstreamError({ dialect: 'openai-chat', status: 400, headers: {}, body }).message.length).toBeGreaterThan(
        5,
      );
    },
  );

  it('keeps a long message short', () => {
    expect(upstreamError(openai(400, { message: 'x'.repeat(100_000) })).message.length).toBeLessThanOrEqual(500);
  });
});
