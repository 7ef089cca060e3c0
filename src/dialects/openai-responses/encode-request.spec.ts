import type { ChatRequest, Message, Part, Thinking } from '../../contract/request';
import { decodeRequest } from './decode-request';
import { encodeRequest } from './encode-request';

const request = (fields: Partial<ChatRequest> = {}): ChatRequest => ({
  operation: 'chat',
  model: 'alias',
  stream: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  hints: [],
  extras: [],
  ...fields,
});
const target = { model: 'gpt-x' };
const encode = (fields: Partial<ChatRequest>) => encodeRequest(request(fields), target);
const input = (...messages: Message[]) => encode({ messages }).body.input;
const user = (...parts: Part[]): Message => ({ role: 'user', parts });

it('spells every option', () => {
  const { body, dropped } = encode({
    stream: true,
    maxTokens: 900,
    temperature: 0.2,
    topP: 0.3,
    user: 'u',
    logprobs: true,
    topLogprobs: 2,
    tools: [{ name: 'f', description: 'd', schema: { type: 'object' } }],
    toolChoice: { type: 'tool', name: 'f' },
    parallelToolCalls: false,
    responseFormat: { type: 'json_schema', schema: { type: 'object' }, strict: true },
    thinking: { mode: 'on', effort: 'max' },
  });
  expect(body).toEqual({
    model: 'gpt-x',
    input: [{ type: 'message', role: 'user', content: 'hi' }],
    stream: true,
    store: false,
    max_output_tokens: 900,
    temperature: 0.2,
    top_p: 0.3,
    user: 'u',
    include: ['message.output_text.logprobs'],
    top_logprobs: 2,
    tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: false }],
    tool_choice: { type: 'function', name: 'f' },
    parallel_tool_calls: false,
    text: { format: { type: 'json_schema', name: 'response', schema: { type: 'object' }, strict: true } },
    reasoning: { effort: 'xhigh' },
  });
  expect(dropped).toEqual([]);
});

it('carries images out of tools', () => {
  const png = { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } as const;
  const items = input(
    user({ type: 'text', text: 'q' }),
    {
      role: 'assistant',
      parts: [
        { type: 'text', text: 'a' },
        { type: 'tool_call', id: 'c1', name: 'f', arguments: '' },
        { type: 'tool_call', id: 'c2', name: 'f', arguments: '{"x":1}' },
      ],
    },
    user(
      { type: 'tool_result', toolCallId: 'c1', parts: [{ type: 'image', source: png }] },
      { type: 'tool_result', toolCallId: 'c2', parts: [{ type: 'text', text: 'two' }] },
      { type: 'tool_result', toolCallId: 'c3', parts: [] },
      { type: 'text', text: 'go on' },
    ),
  );
  expect(items).toEqual([
    { type: 'message', role: 'user', content: 'q' },
    { type: 'message', role: 'assistant', content: 'a' },
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    { type: 'function_call', call_id: 'c2', name: 'f', arguments: '{"x":1}' },
    {
      type: 'function_call_output',
      call_id: 'c1',
      output: [{ type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' }],
    },
    { type: 'function_call_output', call_id: 'c2', output: 'two' },
    { type: 'function_call_output', call_id: 'c3', output: '' },
    { type: 'message', role: 'user', content: 'go on' },
  ]);
});

it('carries documents in each of their forms', () => {
  const items = input(
    user(
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'BBBB' } },
      { type: 'document', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
      { type: 'document', source: { kind: 'text', text: 'plain' } },
      { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' }, detail: 'high' },
    ),
  );
  expect(items).toEqual([
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,BBBB' },
        { type: 'input_file', file_url: 'https://x.test/a.pdf' },
        { type: 'input_text', text: 'plain' },
        { type: 'input_image', detail: 'high', image_url: 'https://x.test/a.png' },
      ],
    },
  ]);
});

it('puts a leading system text into the instructions, and any other where it stands', () => {
  const system = (value: string): Message => ({ role: 'system', parts: [{ type: 'text', text: value }] });
  const { body } = encode({ messages: [system('one'), system('two'), user({ type: 'text', text: 'q' })] });
  expect(body.instructions).toBe('one');
  expect(body.input).toEqual([
    { type: 'message', role: 'system', content: 'two' },
    { type: 'message', role: 'user', content: 'q' },
  ]);
});

it('means the same when it is read again', () => {
  const original = request({
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 's' }] },
      user(
        { type: 'text', text: 'q' },
        { type: 'image', source: { kind: 'url', url: 'https://x.test' }, detail: 'low' },
      ),
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'a' },
          { type: 'refusal', text: 'no' },
        ],
      },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: '{}' }] },
      user({ type: 'tool_result', toolCallId: 'c', parts: [{ type: 'text', text: 'r' }] }),
    ],
    tools: [{ name: 'f', schema: { type: 'object' }, strict: true }],
    toolChoice: { type: 'required' },
    responseFormat: { type: 'json_object' },
    thinking: { mode: 'on', effort: 'low' },
    maxTokens: 100,
  });
  const read = decodeRequest(encodeRequest(original, { model: 'alias' }).body);
  const [system, question, said, called, result] = original.messages;
  const turn = { role: 'assistant', parts: [...said.parts, ...called.parts] };
  expect(read).toEqual({ ...original, messages: [system, question, turn, result] });
});

it.each<[string, Thinking, string | undefined]>([
  ['the asked effort', { mode: 'on', effort: 'minimal', budgetTokens: 9000 }, 'minimal'],
  ['a small budget', { mode: 'on', budgetTokens: 2048 }, 'low'],
  ['a medium budget', { mode: 'on', budgetTokens: 8192 }, 'medium'],
  ['a large budget', { mode: 'on', budgetTokens: 8193 }, 'high'],
  ['the model to decide', { mode: 'adaptive' }, 'medium'],
  ['no thinking', { mode: 'off' }, undefined],
])('asks for %s', (_, thinking, effort) => {
  expect(encode({ thinking }).body.reasoning).toEqual(effort && { effort });
});

it('keeps the answer within what the model and the API allow', () => {
  const bound = (maxTokens: number) =>
    encodeRequest(request({ maxTokens }), { model: 'm', maxOutputTokens: 1000 }).body.max_output_tokens;
  expect([bound(5), bound(500), bound(64_000)]).toEqual([16, 500, 1000]);
});

it('reports what it leaves out', () => {
  const thought: Message = { role: 'assistant', parts: [{ type: 'thinking', text: 'hm', signature: 's' }] };
  const question = user({ type: 'text', text: 'q', cacheControl: { type: 'ephemeral' } });
  const failed = user({ type: 'tool_result', toolCallId: 'c', isError: true, parts: [] });
  const { body, dropped } = encodeRequest(
    request({
      messages: [{ ...question, name: 'ann' }, thought, failed],
      topK: 3,
      seed: 4,
      presencePenalty: 1,
      frequencyPenalty: 1,
      hints: ['service_tier'],
      thinking: { mode: 'adaptive' },
    }),
    { model: 'm', thinks: false },
  );
  expect(dropped).toEqual([
    'service_tier',
    'top_k',
    'seed',
    'presence_penalty',
    'frequency_penalty',
    'thinking',
    'messages.name',
    'tool_result.is_error',
    'cache_control',
  ]);
  expect(body).not.toHaveProperty('reasoning');
  expect(JSON.stringify(body)).not.toContain('hm');
});

it('refuses by name what it cannot say', () => {
  const file = { kind: 'file', id: 'f' } as const;
  const act = () =>
    encode({
      n: 2,
      stop: ['END'],
      extras: ['container'],
      messages: [user({ type: 'tool_result', toolCallId: 'c', parts: [{ type: 'image', source: file }] })],
    });
  expect(act).toThrow(/cannot carry: container, n, stop, images given by file id\./);
  expect(() => encode({ operation: 'count_tokens' })).toThrow(/cannot count/);
});
