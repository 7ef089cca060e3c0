import type { RoutedCall } from '../../contract/call';
import type { ChatRequest } from '../../contract/request';
import { QUESTION } from '../../../test/support/attempt';
import { answerText } from './answer-text';

type Wire = RoutedCall['wire'];

const FIRST = { provider: 'openai', model: 'gpt-4o' };
const wire: Wire = { dialect: 'openai-chat', body: {}, headers: {} };
const guarded = { policy: { guard_policy: 'g', injection_rules: 'i' } };
const text = (
  over: Partial<ChatRequest> = {},
  more: Partial<Wire> = {},
  first = FIRST,
  as: RoutedCall['guarded'] = guarded,
) => answerText({ request: { ...QUESTION, ...over }, wire: { ...wire, ...more }, candidates: [first], guarded: as });
const many = (over: Partial<ChatRequest>) =>
  answerText({ request: { ...QUESTION, ...over }, wire, candidates: [FIRST], guarded }, true);

describe('answerText', () => {
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
    const policies: RoutedCall['guarded']['policy'][] = [
      { guard_policy: 'h', injection_rules: 'i' },
      { guard_policy: 'g' },
    ];
    for (const policy of policies) texts.push(text({}, {}, FIRST, { policy }));
    for (const values of ['v', 'w']) texts.push(text({}, {}, FIRST, { ...guarded, values }));
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

  it.each<[string, Partial<ChatRequest>, boolean]>([
    ['tools', { tools: [{ name: 't', schema: {} }] }, true],
    ['several answers', { n: 2 }, true],
    ['probabilities', { logprobs: true }, false],
    ['a thread at the provider', { continues: 'msg_1' }, false],
    ['fields that nobody here knows', { extras: ['logit_bias'] }, false],
  ])('is there for a call with %s only where that will do', (_what, over, there) => {
    expect(many(over) !== undefined).toBe(there);
  });
});
