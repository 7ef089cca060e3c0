import { decodeUsage, encodeUsage } from './usage';

const wire = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 60, audio_tokens: 0, cache_write_tokens: 30 },
  completion_tokens_details: {
    reasoning_tokens: 5,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

describe('usage', () => {
  it('takes cached tokens out of the prompt and puts them back', () => {
    const usage = decodeUsage(wire);
    expect(usage).toEqual({
      inputTokens: 10,
      cacheReadTokens: 60,
      cacheWriteTokens: 30,
      outputTokens: 20,
      thinkingTokens: 5,
    });
    expect(usage && encodeUsage(usage)).toEqual(wire);
  });

  it('never counts below zero', () => {
    expect(decodeUsage({ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 9 } })).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
    });
    expect(decodeUsage({ prompt_tokens: -5, completion_tokens: Infinity })).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
    });
  });

  it.each([undefined, null, 'x', [], {}, { prompt_tokens: '5' }])('knows nothing from %j', (value) => {
    expect(decodeUsage(value)).toBeUndefined();
  });
});
