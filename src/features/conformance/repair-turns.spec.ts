import { QUESTION } from '../../../test/support/attempt';
import type { JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import type { Dialect } from '../../contract/wire';
import { repairTurns, withTurns } from './repair-turns';
import { SpokenAnswer } from './spoken-answer';

const FAULT = { pointer: '/age', shown: '/age', keyword: 'type', choice: 0 };
const SAID: ReplyEvent[] = [
  { type: 'thinking', text: 'Hm', block: 0 },
  { type: 'thinking', text: 'm.', block: 0 },
  { type: 'thinking_signature', signature: 's', block: 0 },
  { type: 'thinking', text: 'unsigned', block: 1 },
  { type: 'text', text: 'Well.', block: 2 },
  { type: 'tool_call', id: 'c', name: 'f', block: 3 },
  { type: 'tool_arguments', json: '{"age": ', block: 3 },
];

function turns(events: readonly ReplyEvent[], fault: object = {}) {
  const spoken = new SpokenAnswer();
  for (const event of events) spoken.add(event);
  return repairTurns(spoken.choices[0]!, [{ ...FAULT, ...fault }]);
}
const added = (dialect: Dialect, body: JsonObject, events = SAID) => {
  const wire = { dialect, body, headers: {} };
  return withTurns({ request: QUESTION, wire }, turns(events, { tool: 'f' })).wire.body;
};

it('repeats the answer as it was, thoughts with their proof of origin included, and arguments only when they are an object', () => {
  const [answer, complaint] = turns(SAID, { tool: 'f' });
  expect(answer).toEqual({
    role: 'assistant',
    parts: [
      { type: 'thinking', text: 'Hmm.', signature: 's' },
      { type: 'text', text: 'Well.' },
      { type: 'tool_call', id: 'c', name: 'f', arguments: '{}' },
    ],
  });
  expect(complaint).toMatchObject({
    role: 'user',
    parts: [{ type: 'tool_result', toolCallId: 'c' }, { type: 'text' }],
  });
  expect(JSON.stringify(complaint)).toContain('the arguments of f, at /age: violates');
});

it('has something to say of an answer that says nothing', () => {
  expect(turns([{ type: 'finish', reason: 'stop' }], { pointer: '', keyword: 'json' })).toMatchObject([
    { role: 'assistant', parts: [{ type: 'text', text: '(nothing)' }] },
    { role: 'user', parts: [{ text: expect.stringContaining('the answer, as a whole: is not valid JSON') }] },
  ]);
});

it('adds the turns in the words of each dialect, and changes nothing else', () => {
  const asked = { role: 'user', content: 'hi' };
  const complaint = expect.stringContaining('/age');
  expect(added('openai-chat', { messages: [asked], seed: 1 })).toEqual({
    seed: 1,
    messages: [
      asked,
      {
        role: 'assistant',
        content: 'Well.',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'Not called.' },
      { role: 'user', content: complaint },
    ],
  });
  expect(added('anthropic-messages', { messages: [asked], top_k: 1 })).toEqual({
    top_k: 1,
    messages: [
      asked,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hmm.', signature: 's' },
          { type: 'text', text: 'Well.' },
          { type: 'tool_use', id: 'c', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c', content: 'Not called.', is_error: true },
          { type: 'text', text: complaint },
        ],
      },
    ],
  });
  const items = [
    { type: 'message', role: 'assistant', content: 'Well.' },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c', output: 'Not called.' },
    { type: 'message', role: 'user', content: complaint },
  ];
  expect(added('openai-responses', { input: [asked] })).toEqual({ input: [asked, ...items] });
  expect(added('openai-responses', { input: 'hi' })).toEqual({
    input: [{ type: 'message', role: 'user', content: 'hi' }, ...items],
  });
});

it('adds the turns to the vocabulary, and leaves both forms as they were', () => {
  const wire = { dialect: 'internal', body: {}, headers: {} } as const;
  const more = withTurns({ request: QUESTION, wire }, turns(SAID));
  expect(more.request).toMatchObject({ messages: [QUESTION.messages[0], { role: 'assistant' }, { role: 'user' }] });
  expect(more.wire).toEqual(wire);
  expect(QUESTION.messages).toHaveLength(1);
});
