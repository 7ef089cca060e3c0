import { reservation } from './reservation';

describe('reservation', () => {
  it.each([
    ['the prompt and the longest answer', { prompt: 100, answer: 900, expected: 500 }, 1_000],
    [
      'what is expected, where the longest answer is more than the limit',
      { prompt: 100, answer: 901, expected: 500 },
      600,
    ],
    ['no more than the longest answer', { prompt: 950, answer: 60, expected: 500 }, 1_000],
    ['all of the limit, where that is not enough either', { prompt: 900, answer: 9_000, expected: 500 }, 1_000],
    ['a prompt that fills the limit', { prompt: 1_000, answer: 10, expected: 10 }, 1_000],
    ['the prompt alone, where nothing is answered', { prompt: 7, answer: 0, expected: 0 }, 7],
  ])('is %s', (_what, need, amount) => {
    expect(reservation(need, 1_000, 'key')).toBe(amount);
  });

  it('refuses a prompt that never fits, and names the limit', () => {
    expect(() => reservation({ prompt: 1_001, answer: 1, expected: 1 }, 1_000, 'tenant')).toThrow(
      expect.objectContaining({
        code: 'prompt_too_large',
        retryAfter: undefined,
        message: 'The prompt has about 1001 tokens, more than the limit of 1000 tokens per minute for this tenant',
      }),
    );
  });
});
