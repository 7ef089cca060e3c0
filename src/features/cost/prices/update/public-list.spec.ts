import { readPublicList } from './public-list';

const model = (fields: object) => ({ litellm_provider: 'openai', mode: 'chat', ...fields });
const both = { input_cost_per_token: 3e-6, output_cost_per_token: 1.5e-5 };
const read = (models: object) => readPublicList(JSON.stringify({ filler: model(both), ...models }));

describe('the public list of prices', () => {
  it('is read as whole micro-dollars per million tokens', () => {
    const listed = read({
      'gpt-x': model({
        ...both,
        cache_read_input_token_cost: 7.5e-8,
        cache_creation_input_token_cost: 3.125e-6,
        cache_creation_input_token_cost_above_1hr: 6e-6,
        input_cost_per_image_token: 8e-6,
        input_cost_per_token_priority: 1,
        input_cost_per_token_batches: 1.5e-6,
        max_input_tokens: 5,
      }),
    });
    expect(listed.get('openai/gpt-x')).toEqual([
      {
        input: 3_000_000,
        output: 15_000_000,
        cacheRead: 75_000,
        cacheWrite: 3_125_000,
        cacheWriteLong: 6_000_000,
        imageInput: 8_000_000,
      },
    ]);
  });

  it('has the prices of long prompts after the others', () => {
    const listed = read({
      'gpt-x': model({
        input_cost_per_token_above_200k_tokens: 6e-6,
        output_cost_per_token_above_200k_tokens: 2.25e-5,
        cache_creation_input_token_cost_above_1hr_above_200k_tokens: 1.2e-5,
        input_cost_per_token_above_128k_tokens: 5e-6,
        input_cost_per_token_above_272k_tokens_priority: 9e-6,
        cache_read_input_token_cost_above_512k_tokens: 9e-6,
        ...both,
      }),
    });
    expect(listed.get('openai/gpt-x')).toEqual([
      { input: 3_000_000, output: 15_000_000 },
      { above: 128_000, input: 5_000_000 },
      { above: 200_000, input: 6_000_000, output: 22_500_000, cacheWriteLong: 12_000_000 },
    ]);
  });

  it('has no answer price for vectors', () => {
    const listed = read({
      'text-x': model({ mode: 'embedding', input_cost_per_token: 2e-8, output_cost_per_token: 0 }),
    });
    expect(listed.get('openai/text-x')).toEqual([{ input: 20_000 }]);
  });

  it('names a model by its provider, once', () => {
    const listed = read({ 'groq/llama': model({ ...both, litellm_provider: 'groq' }), 'gpt-x': model(both) });
    expect([...listed.keys()]).toEqual(['openai/filler', 'groq/llama', 'openai/gpt-x']);
  });

  it.each<[string, unknown]>([
    ['priced by the image', model({ mode: 'image_generation', ...both })],
    ['without a price for answers', model({ input_cost_per_token: 1e-6 })],
    ['without a price for prompts', model({ output_cost_per_token: 1e-6 })],
    ['at less than nothing', model({ ...both, input_cost_per_token: -1e-6 })],
    ['at a price that is text', model({ ...both, input_cost_per_token: '1e-6' })],
    ['at an absurd price', model({ ...both, input_cost_per_token: 1e300 })],
    ['of no provider', { mode: 'chat', ...both }],
    ['that is none', null],
    ['that is a list', [1, 2]],
  ])('leaves out a model %s', (_, entry) => {
    expect([...read({ odd: entry }).keys()]).toEqual(['openai/filler']);
  });

  it.each(['[]', 'null', '"x"', '{}', '{"a": 1}', 'no json', '{"__proto__": {"mode": "chat"}}'])(
    'is not %s',
    (text) => {
      expect(() => readPublicList(text)).toThrow(/^the list of prices|JSON/);
    },
  );
});
