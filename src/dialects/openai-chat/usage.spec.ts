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

  const parts = {
    prompt_tokens_details: { cached_tokens: 1_000_000, cache_write_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 50 },
  };

  it('knows which tokens images took', () => {
    const prompt_tokens_details = { cached_tokens: 50, image_tokens: 900 };
    const usage = decodeUsage({ prompt_tokens: 1_000, completion_tokens: 1, prompt_tokens_details });
    expect(usage).toMatchObject({ inputTokens: 950, imageTokens: 900, cacheReadTokens: 50 });
    expect(usage && encodeUsage(usage)).toMatchObject({ prompt_tokens: 1_000, prompt_tokens_details });
    const cached = { cached_tokens: 500, image_tokens: 900 };
    expect(decodeUsage({ prompt_tokens: 1_000, completion_tokens: 1, prompt_tokens_details: cached })).toMatchObject({
      inputTokens: 500,
      imageTokens: 500,
    });
  });

  it('has no part that is more than its whole', () => {
    expect(decodeUsage({ prompt_tokens: 10, completion_tokens: 10, ...parts })).toEqual({
      inputTokens: 0,
      cacheReadTokens: 10,
      cacheWriteTokens: 0,
      outputTokens: 10,
      thinkingTokens: 10,
    });
  });

  it.each([1.5, -5, Infinity, 1e18, 1e308, 9e15, '5', null, true])('takes %j for a side that was not said', (count) => {
    const prompt = { inputTokens: 7, cacheReadTokens: 0, cacheWriteTokens: 0 };
    expect(decodeUsage({ prompt_tokens: 7, completion_tokens: count })).toEqual({
      ...prompt,
      outputTokens: 0,
      estimated: true,
    });
    expect(decodeUsage({ prompt_tokens: count, completion_tokens: 7, ...parts })).toEqual({
      ...prompt,
      inputTokens: 0,
      outputTokens: 7,
      thinkingTokens: 7,
      estimated: true,
    });
    expect(decodeUsage({ prompt_tokens: count, completion_tokens: count })).toBeUndefined();
  });

  it.each([undefined, null, 'x', [], {}, { prompt_tokens: '5' }])('knows nothing from %j', (value) => {
    expect(decodeUsage(value)).toBeUndefined();
  });
});
