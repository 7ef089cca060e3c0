import type { JsonObject } from '../../contract/json';
import { decodeReply } from './decode-reply';

const reply = (message: JsonObject, fields: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-x',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
  ...fields,
});
const call = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

describe('decodeReply', () => {
  it('reads a text answer from start to end', () => {
    expect(decodeReply(reply({ content: 'hi', refusal: null }))).toEqual([
      { type: 'start', id: 'chatcmpl-1', model: 'gpt-x' },
      { type: 'text', text: 'hi', block: 0 },
      { type: 'finish', reason: 'stop' },
      { type: 'end', usage: { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 4 } },
    ]);
  });

  it('reads thoughts, refusals and parallel tool calls', () => {
    const events = decodeReply(
      reply({
        content: null,
        reasoning_content: 'hm',
        refusal: 'no',
        tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'g', '')],
      }),
    );
    expect(events.slice(1, -1)).toEqual([
      { type: 'thinking', text: 'hm', block: 0 },
      { type: 'refusal', text: 'no', block: 1 },
      { type: 'tool_call', id: 'a', name: 'f', block: 2 },
      { type: 'tool_arguments', json: '{"x":1}', block: 2 },
      { type: 'tool_call', id: 'b', name: 'g', block: 3 },
      { type: 'finish', reason: 'tool_calls' },
    ]);
  });

  it('prefers signed thoughts to their joined text', () => {
    const events = decodeReply(
      reply({
        content: 'x',
        reasoning_content: 'onetwo',
        thinking_blocks: [
          { type: 'thinking', thinking: 'one', signature: 's1' },
          { type: 'redacted_thinking', data: 'zz' },
          { type: 'thinking', thinking: 'two', signature: 's2' },
        ],
      }),
    );
    expect(events.slice(1, -2)).toEqual([
      { type: 'thinking', text: 'one', block: 0 },
      { type: 'thinking_signature', signature: 's1', block: 0 },
      { type: 'redacted_thinking', data: 'zz', block: 1 },
      { type: 'thinking', text: 'two', block: 2 },
      { type: 'thinking_signature', signature: 's2', block: 2 },
      { type: 'text', text: 'x', block: 3 },
    ]);
  });

  it('keeps several choices apart', () => {
    const choice = (index: number, content: string) => ({ index, message: { content }, finish_reason: 'length' });
    expect(decodeReply(reply({}, { choices: [choice(0, 'a'), choice(1, 'b')] })).slice(1, -1)).toEqual([
      { type: 'text', text: 'a', block: 0 },
      { type: 'finish', reason: 'length' },
      { type: 'text', text: 'b', block: 0, choice: 1 },
      { type: 'finish', reason: 'length', choice: 1 },
    ]);
  });

  it('names native content', () => {
    const choice = { message: { content: 'a', audio: { id: 'x' }, annotations: [{}] }, logprobs: { content: [] } };
    const names = decodeReply(reply({}, { choices: [choice] })).flatMap((e) => (e.type === 'native' ? [e.name] : []));
    expect(names).toEqual(['audio', 'annotations', 'logprobs']);
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['a string', 'hello'],
    ['an empty object', {}],
    ['choices that are no list', { choices: 'x' }],
    ['choices without objects', { choices: [1, null] }],
    ['an error', { error: { message: 'no' } }],
    ['a call without a name', reply({ tool_calls: [{ id: 'a', function: { arguments: '{}' } }] })],
  ])('reports %s as the provider failing', (_, body) => {
    expect(() => decodeReply(body as JsonObject)).toThrow(expect.objectContaining({ code: 'provider_failed' }));
  });

  it('makes the best of a body full of wrong types', () => {
    const choices = [{ index: 'x', message: { content: 3, tool_calls: [null, 4, {}], refusal: {} }, finish_reason: 9 }];
    expect(decodeReply({ id: 1, model: null, choices, usage: 'lots' })).toEqual([
      { type: 'start', id: '', model: '' },
      { type: 'finish', reason: 'stop' },
      {
        type: 'end',
        usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, estimated: true },
      },
    ]);
  });
});
