import type { Json, JsonObject } from '../contract/json';
import { CompletionJob } from './completion-job';

const kind = new CompletionJob();
const messages = [{ role: 'user', content: 'Hello' }];
const chat: JsonObject = { model: 'fast', messages };

describe('a completion', () => {
  it.each<[string, JsonObject, string]>([
    ['messages alone', chat, 'openai-chat'],
    ['a system prompt of its own', { ...chat, system: 'Be kind.', max_tokens: 5 }, 'anthropic-messages'],
    ['the version of Messages', { ...chat, anthropic_version: '2023-06-01', max_tokens: 5 }, 'anthropic-messages'],
    [
      'tools with an input schema',
      { ...chat, max_tokens: 5, tools: [{ name: 'x', input_schema: { type: 'object' } }] },
      'anthropic-messages',
    ],
    ['input instead of messages', { model: 'fast', input: 'Hello' }, 'openai-responses'],
    [
      'what it is said to be',
      { dialect: 'anthropic-messages', body: { ...chat, max_tokens: 5 } },
      'anthropic-messages',
    ],
  ])('takes %s for its dialect', (_what, input, dialect) => {
    expect(kind.parse(input).dialect).toBe(dialect);
  });

  it('is never streamed', () => {
    const { body } = kind.parse({ ...chat, stream: true, stream_options: { include_usage: true } });
    expect(body).toEqual(chat);
  });

  it.each<[string, JsonObject, object]>([
    ['the usual version', { dialect: 'anthropic-messages', body: chat }, { 'anthropic-version': '2023-06-01' }],
    [
      'the version that its body names',
      { ...chat, anthropic_version: '2026-10-21' },
      { 'anthropic-version': '2026-10-21' },
    ],
    [
      'the usual version for that of another vendor',
      { ...chat, anthropic_version: 'bedrock-2023-05-31' },
      { 'anthropic-version': '2023-06-01' },
    ],
    [
      'what its headers say',
      { dialect: 'anthropic-messages', body: chat, headers: { 'anthropic-beta': 'one', 'x-other': 'x' } },
      { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'one' },
    ],
  ])('of Messages tells its provider %s', (_what, input, headers) => {
    const body = 'body' in input ? { ...input, body: { ...chat, max_tokens: 5 } } : { ...input, max_tokens: 5 };
    expect(kind.parse(body).headers).toEqual(headers);
  });

  it.each<[Json, string]>([
    ['text', 'input'],
    [{ dialect: 'anthropic-messages', body: { ...chat, max_tokens: 5 }, headers: 'x' }, 'input.headers'],
    [
      { dialect: 'anthropic-messages', body: { ...chat, max_tokens: 5 }, headers: { 'anthropic-version': 'latest' } },
      'input.headers.anthropic-version',
    ],
    [{ model: 'fast' }, 'input.messages'],
    [{ ...chat, messages: [{ role: 'nobody', content: 'x' }] }, 'input.messages[0].role'],
    [{ ...chat, gatehouse: {} }, 'input.gatehouse'],
    [{ dialect: 'none', body: chat }, 'input.dialect'],
    [{ dialect: 'openai-chat', body: 'x' }, 'input.body'],
    [{ dialect: 'openai-chat', body: { model: 'fast' } }, 'input.body.messages'],
  ])('refuses %j by the field at fault', (input, param) => {
    expect(() => kind.parse(input)).toThrow(expect.objectContaining({ code: 'invalid_request', facts: { param } }));
  });

  it('says what it may cost: every answer, or as many tokens as the model gives', () => {
    const promptBytes = JSON.stringify({ ...chat, max_tokens: 50, n: 2 }).length;
    expect(kind.estimate(kind.parse({ ...chat, max_tokens: 50, n: 2 }))).toEqual([
      { model: 'fast', promptBytes, maxTokens: 100, answers: 2, times: 1 },
    ]);
    expect(kind.estimate(kind.parse(chat))[0]).not.toHaveProperty('maxTokens');
  });
});
