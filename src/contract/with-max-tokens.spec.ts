import type { ChatRequest } from './request';
import type { Dialect } from './wire';
import { withMaxTokens } from './with-max-tokens';

const request: ChatRequest = {
  operation: 'chat',
  model: 'm',
  stream: false,
  messages: [],
  tools: [],
  hints: [],
  extras: [],
};
const bodyOf = (dialect: Dialect | 'internal', body: Record<string, number>, maxTokens = 900) =>
  withMaxTokens({ request, wire: { dialect, body, headers: {} } }, maxTokens).wire.body;

describe('withMaxTokens', () => {
  it.each([
    ['openai-chat', {}, { max_completion_tokens: 900 }],
    ['openai-chat', { max_tokens: 5_000 }, { max_tokens: 900 }],
    ['openai-chat', { max_completion_tokens: 5_000 }, { max_completion_tokens: 900 }],
    [
      'openai-chat',
      { max_tokens: 5_000, max_completion_tokens: 5_000 },
      { max_tokens: 900, max_completion_tokens: 900 },
    ],
    ['openai-responses', { max_output_tokens: 5_000 }, { max_output_tokens: 900 }],
    ['anthropic-messages', { max_tokens: 5_000 }, { max_tokens: 900 }],
    ['internal', {}, {}],
  ] as const)('spells it as %s does, where %j was asked for', (dialect, body, expected) =>
    expect(bodyOf(dialect, body)).toEqual(expected),
  );

  it('asks OpenAI Responses for no less than it takes', () =>
    expect(bodyOf('openai-responses', {}, 3)).toEqual({ max_output_tokens: 16 }));

  it('tells the vocabulary too', () =>
    expect(withMaxTokens({ request, wire: { dialect: 'internal', body: {}, headers: {} } }, 7).request).toMatchObject({
      maxTokens: 7,
    }));
});
