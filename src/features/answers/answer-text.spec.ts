import { createHash } from 'node:crypto';
import type { RoutedCall } from '../../contract/call';
import type { ChatRequest, EmbeddingsRequest, ModelRequest } from '../../contract/request';
import { QUESTION } from '../../../test/support/attempt';
import { answerText } from './answer-text';

type Wire = RoutedCall['wire'];

const FIRST = { provider: 'openai', model: 'gpt-4o' };
const wire: Wire = { dialect: 'openai-chat', body: {}, headers: {} };
const text = (over: Partial<ChatRequest> = {}, more: Partial<Wire> = {}, first = FIRST) =>
  answerText({ request: { ...QUESTION, ...over }, wire: { ...wire, ...more }, candidates: [first] });
const EMBEDDINGS: EmbeddingsRequest = {
  operation: 'embeddings',
  model: 'embedding',
  stream: false,
  input: ['one', [2, 3]],
  format: 'float',
  hints: [],
  extras: [],
};
const golden = (request: ModelRequest) =>
  createHash('sha256')
    .update(answerText({ request, wire, candidates: [FIRST] }) ?? '')
    .digest('hex');

describe('answerText', () => {
  it('never changes between releases without a new version', () => {
    expect(text({ temperature: 0.5 })).toBe(
      '{"asked":{"messages":[{"parts":[{"text":"hi","type":"text"}],"role":"user"}],"model":"m","operation":"chat",' +
        '"temperature":0.5,"tools":[]},"model":"gpt-4o","provider":"openai","version":1}',
    );
    expect(golden(QUESTION)).toBe('5401ead0d745d9f486e4462b557a1da60d07ca1680918e940ee14d23ca41e09c');
    expect(golden(EMBEDDINGS)).toBe('02ac4ad0f3cf106fbf0b8b93f81d68abf66748f54957804eb80853ee24922e18');
  });

  it('is the same however the answer is delivered, and for whomever', () => {
    expect(text({ stream: true, user: 'ada' })).toBe(text());
    expect(text({}, { dialect: 'anthropic-messages', headers: { 'anthropic-version': '2023-06-01' } })).toBe(text());
    const streamed = { dialect: 'openai-chat', body: { stream_options: { include_obfuscation: false } } } as const;
    expect(text({ hints: ['stream_options.include_obfuscation'] }, streamed)).toBe(text());
  });

  it('is another one when anything else is', () => {
    const thinking = { mode: 'on', effort: 'high' } as const;
    const texts = [
      text(),
      text({ model: 'other' }),
      text({}, {}, { provider: 'openai', model: 'gpt-5' }),
      text({}, {}, { provider: 'local', model: 'gpt-4o' }),
      text({ messages: [{ role: 'system', parts: [{ type: 'text', text: 'hi' }] }] }),
      text({ messages: [{ ...QUESTION.messages[0]!, name: 'ada' }] }),
      text({ maxTokens: 1 }),
      text({ temperature: 0 }),
      text({ topP: 0 }),
      text({ seed: 1 }),
      text({ stop: ['x'] }),
      text({ responseFormat: { type: 'json_object' } }),
      text({ thinking }),
      text({}, { headers: { 'anthropic-beta': 'x' } }),
      text({ hints: ['service_tier'] }, { body: { service_tier: 'flex' } }),
      text({ hints: ['service_tier'] }, { body: { service_tier: 'auto' } }),
      text({ hints: ['text.verbosity'] }, { dialect: 'openai-responses', body: { text: { verbosity: 'low' } } }),
    ];
    expect(texts).not.toContain(undefined);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each<[string, Partial<ChatRequest>]>([
    ['tools', { tools: [{ name: 't', schema: {} }] }],
    ['several answers', { n: 2 }],
    ['probabilities', { logprobs: true }],
    ['many probabilities', { topLogprobs: 0 }],
    ['a thread at the provider', { continues: 'msg_1' }],
    ['fields that nobody here knows', { extras: ['logit_bias'] }],
    ['a field that is not where it should be', { hints: ['?'] }],
    ['counting', { operation: 'count_tokens' }],
  ])('is not there for a call with %s', (_what, over) => {
    expect(text(over)).toBeUndefined();
  });
});
