import { rateLimits } from './rate-limits';

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

describe('rateLimits', () => {
  it('reads what OpenAI says', () => {
    expect(
      rateLimits({
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '149984',
        'x-ratelimit-reset-tokens': '6m0s',
      }),
    ).toEqual({ requests: { remaining: 59, resetMs: 1_000 }, tokens: { remaining: 149_984, resetMs: 360_000 } });
  });

  it.each([
    ['20ms', 20],
    ['1.5s', 1_500],
    ['1h2m3.25s', 3_723_250],
    ['24h0m0s', 86_400_000],
    ['25h', undefined],
    ['soon', undefined],
    ['5', undefined],
    ['-5s', undefined],
    ['', undefined],
    [['1s', '2s'], undefined],
    [undefined, undefined],
  ])('takes %j for %s ms', (reset, resetMs) => {
    const quota = rateLimits({ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': reset });
    expect(quota).toEqual({ tokens: resetMs === undefined ? { remaining: 0 } : { remaining: 0, resetMs } });
  });

  it('reads what Anthropic says, of tokens the scarcest', () => {
    const quota = rateLimits({
      'anthropic-ratelimit-requests-remaining': '4999',
      'anthropic-ratelimit-requests-reset': inSeconds(1),
      'anthropic-ratelimit-tokens-remaining': '480000',
      'anthropic-ratelimit-tokens-reset': inSeconds(1),
      'anthropic-ratelimit-input-tokens-remaining': '400000',
      'anthropic-ratelimit-input-tokens-reset': inSeconds(1),
      'anthropic-ratelimit-output-tokens-remaining': '80000',
      'anthropic-ratelimit-output-tokens-reset': inSeconds(30).replace('Z', '+00:00'),
    });
    expect(quota).toMatchObject({ requests: { remaining: 4_999 }, tokens: { remaining: 80_000 } });
    expect(quota?.tokens?.resetMs).toBeGreaterThan(28_000);
  });

  it.each(['2026-13-45T99:99:99Z', 'tomorrow', '2999-01-01T00:00:00Z', '1999'])('does not believe %j', (reset) => {
    const headers = { 'anthropic-ratelimit-requests-remaining': '1', 'anthropic-ratelimit-requests-reset': reset };
    expect(rateLimits(headers)).toEqual({ requests: { remaining: 1 } });
  });

  it.each(['', '-1', '1.5', '1e9', 'NaN', '9'.repeat(16), ['1', '2']])('makes nothing of %j', (remaining) => {
    expect(rateLimits({ 'x-ratelimit-remaining-requests': remaining })).toBeUndefined();
  });

  it('is silent when the provider is', () => {
    expect(rateLimits({ 'content-type': 'application/json' })).toBeUndefined();
  });
});
