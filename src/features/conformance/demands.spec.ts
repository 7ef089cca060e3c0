import { QUESTION } from '../../../test/support/attempt';
import type { ReplyEvent } from '../../contract/reply';
import type { ChatRequest } from '../../contract/request';
import { Demands } from './demands';
import { Schemas } from './schemas';
import { SpokenAnswer } from './spoken-answer';

const AGE = { type: 'object', properties: { age: { type: 'integer' }, id: { pattern: '^\\d{3}$' } } } as const;
const FORMAT: Partial<ChatRequest> = { responseFormat: { type: 'json_schema', schema: AGE } };
const TOOLS: Partial<ChatRequest> = { tools: [{ name: 'f', schema: AGE }] };

function judge(more: Partial<ChatRequest>, events: readonly ReplyEvent[], restore?: (text: string) => string) {
  const spoken = new SpokenAnswer();
  for (const event of events) spoken.add(event);
  const { faults, judged } = Demands.of({ ...QUESTION, ...more }, new Schemas()).judge(spoken, restore);
  return [judged, ...faults.map(({ pointer, keyword, tool, choice }) => [choice, tool, pointer, keyword].join(' '))];
}
const text = (said: string, choice = 0): ReplyEvent => ({ type: 'text', text: said, block: 0, choice });
const call = (name: string, json: string): ReplyEvent[] => [
  { type: 'tool_call', id: 'c', name, block: 1 },
  { type: 'tool_arguments', json: json.slice(0, 3), block: 1 },
  { type: 'tool_arguments', json: json.slice(3), block: 1 },
];

describe('an answer', () => {
  it.each<[string, Partial<ChatRequest>, ReplyEvent[], (string | number)[]]>([
    ['that conforms', FORMAT, [text('{"a'), text('ge": 1}')], [1]],
    ['of the wrong type', FORMAT, [text('{"age": "x"}')], [1, '0  /age type']],
    ['that is no JSON', FORMAT, [text('Sure! {}')], [1, '0   json']],
    ['that says nothing', FORMAT, [], [1, '0   json']],
    ['for which any object will do', { responseFormat: { type: 'json_object' } }, [text('{}')], [1]],
    [
      'that is a list, where any object will do',
      { responseFormat: { type: 'json_object' } },
      [text('[]')],
      [1, '0   type'],
    ],
    ['of which the second choice is wrong', FORMAT, [text('{}'), text('no', 1)], [2, '1   json']],
    ['that calls a tool as it should', TOOLS, call('f', '{"age": 1}'), [1]],
    ['that calls a tool with nothing', TOOLS, [{ type: 'tool_call', id: 'c', name: 'f', block: 0 }], [1]],
    ['that calls a tool with the wrong type', TOOLS, call('f', '{"age": "x"}'), [1, '0 f /age type']],
    ['that calls a tool which nobody offered', TOOLS, call('g', '{}'), [1, '0 g  tool']],
    ['of words, where only tools were offered', TOOLS, [text('Hello')], [0]],
    ['of words beside a call', { ...FORMAT, ...TOOLS }, [text('Let me see.'), ...call('f', '{}')], [1]],
    ['that is a refusal', FORMAT, [{ type: 'refusal', text: 'No.', block: 0 }], [0]],
    ['that a filter stopped', FORMAT, [text('{'), { type: 'finish', reason: 'content_filter' }], [0]],
    ['of a turn that is paused', FORMAT, [text('{'), { type: 'finish', reason: 'pause' }], [0]],
  ])('%s', (_what, more, events, verdict) => expect(judge(more, events)).toEqual(verdict));

  it('is judged by what its tokens stand for, which cannot break out of a text', () => {
    const events = [text('{"id": "[[ID_1]]", "note": "[[NOTE_1]]"}')];
    expect(judge(FORMAT, events)).toEqual([1, '0  /id pattern']);
    const restore = (said: string) => said.replace('[[ID_1]]', '123').replace('[[NOTE_1]]', '", "age": "x');
    expect(judge(FORMAT, events, restore)).toEqual([1]);
  });
});

it.each<[string, object, string]>([
  ['a call that asks for no JSON', QUESTION, 'nothing to validate'],
  ['a call that forbids its tools', { ...QUESTION, ...TOOLS, toolChoice: { type: 'none' } }, 'nothing to validate'],
  ['embeddings', { operation: 'embeddings' }, 'nothing to validate'],
  ['counting', { ...QUESTION, ...FORMAT, operation: 'count_tokens' }, 'nothing to validate'],
  ['an unusable schema', { ...QUESTION, tools: [{ name: 'f', schema: { type: 'x' } }] }, 'The schema of tools[0]'],
])('%s is the mistake of the caller', (_what, request, message) => {
  const act = () => Demands.of(request as ChatRequest, new Schemas());
  expect(act).toThrow(message);
  expect(act).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

it('does not make schemas ready for ever', () => {
  let now = 0;
  const tools = Array.from({ length: 10 }, (_, i) => ({ name: `f${i}`, schema: {} }));
  const act = () => Demands.of({ ...QUESTION, tools }, new Schemas(), () => (now += 100));
  expect(act).toThrow('take too long');
});

it('spends no more on many tool calls than on one', () => {
  const tools = [{ name: 'f', schema: { propertyNames: { maxLength: 9 } } }];
  const members = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`m${i}`, i]));
  const calls = (n: number) =>
    Array.from({ length: n }, (_, block): ReplyEvent[] => [
      { type: 'tool_call', id: 'c', name: 'f', block },
      { type: 'tool_arguments', json: JSON.stringify(members), block },
    ]).flat();
  expect(judge({ tools }, calls(1))).toEqual([1]);
  expect(() => judge({ tools }, calls(20))).toThrow('more steps');
});

it('a schema that is too laborious for an answer is the mistake of the caller', () => {
  const endless: Partial<ChatRequest> = { responseFormat: { type: 'json_schema', schema: { $ref: '#' } } };
  expect(() => judge(endless, [text('1')])).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});
