import type { Attempt } from '../../../contract/attempt';
import type { JsonObject } from '../../../contract/json';
import type { ReplyEvent } from '../../../contract/reply';
import type { ChatRequest } from '../../../contract/request';
import { SandboxProvider } from './sandbox.provider';
import { exampleOf } from './example';

const make = (more = {}) =>
  new SandboxProvider({
    name: 'sandbox',
    type: 'sandbox',
    models: [],
    place: 'external',
    firstTokenMs: 0,
    tokensPerSecond: 0,
    ...more,
  });

async function ask(say: string, more: Partial<ChatRequest> = {}, provider = make()): Promise<ReplyEvent[]> {
  const request: ChatRequest = {
    operation: 'chat',
    model: 'm',
    stream: true,
    messages: [{ role: 'user', parts: [{ type: 'text', text: say }] }],
    tools: [],
    hints: [],
    extras: [],
    ...more,
  };
  const events: ReplyEvent[] = [];
  const reply = await provider.send({
    request,
    candidate: { provider: 'sandbox', model: 'm' },
    signal: new AbortController().signal,
  } as unknown as Attempt);
  for await (const piece of reply.pieces) events.push(...piece.events);
  return events;
}
const text = (events: readonly ReplyEvent[], choice = 0) =>
  events.map((event) => (event.type === 'text' && event.choice === choice ? event.text : '')).join('');

describe('SandboxProvider', () => {
  it('says the same to the same prompt, and that it is not a model', async () => {
    const [one, two] = [text(await ask('Hello')), text(await ask('Hello'))];
    expect(one).toBe(two);
    expect(one).toMatch(/sandbox, not a model.*Hello$/);
  });

  it('honours the token limit, stop sequences and the number of answers', async () => {
    expect(await ask('Hello there', { maxTokens: 2 })).toContainEqual(
      expect.objectContaining({ type: 'finish', reason: 'length' }),
    );
    const stopped = await ask('alpha STOP beta', { stop: ['STOP'] });
    expect(stopped).toContainEqual(expect.objectContaining({ reason: 'stop_sequence', stopSequence: 'STOP' }));
    expect(text(stopped)).not.toContain('beta');
    const three = await ask('x', { n: 3 });
    expect(three.filter(({ type }) => type === 'finish')).toHaveLength(3);
    expect(text(three, 2)).toBe(text(three, 0));
  });

  it('keeps its pace, and answers at once when it is not streamed', async () => {
    const time = async (stream: boolean) => {
      const started = performance.now();
      await ask('sandbox:words=10 sandbox:pace=200', { stream });
      return performance.now() - started;
    };
    expect(await time(true)).toBeGreaterThan(40);
    expect(await time(false)).toBeLessThan(40);
  });

  it('answers in the schema that is asked for', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 3 } },
      required: ['name', 'age'],
    };
    expect(JSON.parse(text(await ask('x', { responseFormat: { type: 'json_schema', schema } })))).toEqual({
      name: 'sandbox',
      age: 3,
    });
  });

  it('calls the tool it must, and not again once it has the result', async () => {
    const tools = [
      { name: 'a', schema: {} },
      { name: 'b', schema: {} },
    ];
    const called = await ask('x', { tools, toolChoice: { type: 'tool', name: 'b' } });
    expect(called.filter(({ type }) => type === 'tool_call')).toEqual([expect.objectContaining({ name: 'b' })]);
    const result = { type: 'tool_result' as const, toolCallId: 'c', parts: [] };
    const after = await ask('', {
      tools,
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'sandbox:tools=2' }] },
        { role: 'user', parts: [result] },
      ],
    });
    expect(after.filter(({ type }) => type === 'tool_call')).toEqual([]);
  });
});

describe('a hostile request', () => {
  it.each([
    [
      'a schema that refers to itself six times',
      {
        type: 'object',
        properties: Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, { $ref: '#' }])),
      },
    ],
    [
      'arrays of arrays of arrays of arrays',
      [1, 2, 3, 4].reduce<object>((items) => ({ type: 'array', minItems: 100, items }), { type: 'number' }),
    ],
  ])('gets a small answer to %s', (_name, schema) => {
    expect(JSON.stringify(exampleOf(schema as JsonObject)).length).toBeLessThan(50_000);
  });

  it('gets no more words for asking many times', async () => {
    const events = await ask('sandbox:words=100000', { n: 128 });
    expect(events.filter(({ type }) => type === 'text').length).toBeLessThanOrEqual(20_000);
  });
});

describe('exampleOf', () => {
  it('survives schemas that refer to themselves', () => {
    const root = {
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
      $ref: '#/$defs/node',
    };
    expect(JSON.stringify(exampleOf(root)).length).toBeLessThan(1_000);
  });

  it.each([
    [{ enum: ['a', 'b'] }, 'a'],
    [{ const: 7 }, 7],
    [{ anyOf: [{ type: 'null' }, { type: 'string' }] }, null],
    [{ type: ['boolean', 'null'] }, false],
    [{ type: 'array', items: { type: 'number' }, minItems: 2 }, [0, 0]],
    [{ type: 'string', minLength: 3 }, 'xxx'],
    [{}, {}],
  ])('fits %j', (schema, value) => expect(exampleOf(schema)).toEqual(value));
});
