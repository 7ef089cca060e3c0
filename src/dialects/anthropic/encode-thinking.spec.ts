import type { ChatRequest } from '../../contract/request';
import type { Target } from '../codec';
import { encodeThinking } from './encode-thinking';
import { encode } from '../../../test/support/anthropic-request';

describe('thinking', () => {
  it.each([
    ['a budget', { mode: 'on', budgetTokens: 2000 }, {}, { budget: 2000, max: 8192 }],
    ['a tiny budget', { mode: 'on', budgetTokens: 5 }, {}, { budget: 1024, max: 8192 }],
    ['a budget above the default bound', { mode: 'on', budgetTokens: 9000 }, {}, { budget: 9000, max: 10024 }],
    [
      'a budget above what the model can',
      { mode: 'on', budgetTokens: 9000 },
      { top: 4000 },
      { budget: 3999, max: 4000 },
    ],
    ['a bound below the budget', { mode: 'on', budgetTokens: 9000 }, { given: 3000 }, { budget: 2999, max: 3000 }],
  ] as const)(
    'fits %s below the bound of the answer',
    (_, thinking, { given, top }: { given?: number; top?: number }, expected) => {
      const { body, dropped } = encode({ thinking, maxTokens: given }, { maxOutputTokens: top });
      expect(body.thinking).toEqual({ type: 'enabled', budget_tokens: expected.budget });
      expect(body.max_tokens).toBe(expected.max);
      expect(dropped).toEqual([]);
    },
  );

  it('asks for no longer answer than the model can give', () => {
    expect(encode({ maxTokens: 9000 }, { maxOutputTokens: 4000 }).body.max_tokens).toBe(4000);
  });

  it('does not think where there is no room or no ability, and says so', () => {
    const small = encode({ thinking: { mode: 'on', budgetTokens: 5000 }, maxTokens: 100 });
    expect(small).toMatchObject({ body: { max_tokens: 100 }, dropped: ['thinking'] });
    expect(small.body).not.toHaveProperty('thinking');
    const unable = encode({ thinking: { mode: 'on', effort: 'high' } }, { thinks: false });
    expect(unable.dropped).toEqual(['thinking']);
    expect(unable.body).not.toHaveProperty('output_config');
  });

  it.each([{ type: 'required' }, { type: 'tool', name: 'f' }] as const)('is left out beside %j', (toolChoice) => {
    const tools = [{ name: 'f', schema: {} }];
    for (const thinks of ['budget', 'adaptive', true] as const) {
      const asked = {
        thinking: { mode: 'on', effort: 'high' },
        tools,
        toolChoice,
        maxTokens: 9000,
        temperature: 0,
      } as const;
      const { body, dropped } = encode(asked, { thinks });
      expect(body).not.toHaveProperty('thinking');
      expect(body).not.toHaveProperty('output_config');
      expect(body).toMatchObject({ max_tokens: 9000, temperature: 0, tool_choice: expect.anything() });
      expect(dropped).toEqual(['thinking']);
    }
    const free = encode({ thinking: { mode: 'on', effort: 'high' }, tools, toolChoice: { type: 'auto' } });
    expect(free.body).toHaveProperty('thinking');
  });

  it('spells effort, and leaves sampling to a thinking model', () => {
    const { body, dropped } = encode({
      thinking: { mode: 'on', effort: 'minimal' },
      temperature: 1,
      topP: 1,
      topK: 1,
    });
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } });
    expect(dropped).toEqual(['temperature', 'top_p', 'top_k']);
    expect(body).not.toHaveProperty('temperature');
  });

  it('says temperature or top_p, not both', () => {
    const { body, dropped } = encode({ temperature: 0, topP: 0.9 });
    expect([body.temperature, body.top_p, dropped]).toEqual([0, undefined, ['top_p']]);
    expect(encode({ topP: 0.9 }).body.top_p).toBe(0.9);
  });

  it.each([{ mode: 'off' }, { mode: 'on', effort: 'none' }] as const)('stays silent about %j', (thinking) => {
    const { body, dropped } = encode({ thinking, temperature: 0.2 });
    expect(body).not.toHaveProperty('thinking');
    expect([body.temperature, dropped]).toEqual([0.2, []]);
  });
});

describe('thinking, as the model knows it', () => {
  const plan = (thinking: ChatRequest['thinking'], thinks: Target['thinks']) =>
    encodeThinking(
      { operation: 'chat', model: 'm', stream: false, messages: [], tools: [], hints: [], extras: [], thinking },
      { model: 'm', thinks },
      new Set(),
    );

  it.each([
    [
      'an effort, by a model that only knows budgets',
      { mode: 'on', effort: 'high' },
      'budget',
      { type: 'enabled', budget_tokens: 16_384 },
      undefined,
    ],
    [
      'no measure, by a model that only knows budgets',
      { mode: 'adaptive' },
      'budget',
      { type: 'enabled', budget_tokens: 8_192 },
      undefined,
    ],
    [
      'a budget, by a model that decides itself',
      { mode: 'on', budgetTokens: 2_000 },
      'adaptive',
      { type: 'adaptive' },
      'low',
    ],
    [
      'an effort, by a model that decides itself',
      { mode: 'on', effort: 'max' },
      'adaptive',
      { type: 'adaptive' },
      'max',
    ],
    [
      'a budget, by a model that knows both',
      { mode: 'on', budgetTokens: 2_000 },
      true,
      { type: 'enabled', budget_tokens: 2_000 },
      undefined,
    ],
  ] as const)('is asked for with %s', (_name, thinking, thinks, expected, effort) => {
    expect(plan(thinking, thinks)).toMatchObject({ thinking: expected });
    expect(plan(thinking, thinks).effort).toBe(effort);
  });
});
