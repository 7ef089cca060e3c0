import type { JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { decodeReply } from './decode-reply';
import { encodeReply } from './encode-reply';
import { seal } from './seal';

const context = { requestId: 'req-1', created: 1_700_000_000, body: { model: 'alias', input: 'q' } };
const usage = { inputTokens: 3, cacheReadTokens: 4, cacheWriteTokens: 5, outputTokens: 6, thinkingTokens: 2 };
const START: ReplyEvent = { type: 'start', id: 'resp_abc', model: 'claude-x' };
const END: ReplyEvent = { type: 'end', usage };
const TURN: ReplyEvent[] = [
  START,
  { type: 'thinking', text: 'hm', block: 0 },
  { type: 'thinking_signature', signature: 'sig', block: 0 },
  { type: 'redacted_thinking', data: 'xyz', block: 1 },
  { type: 'text', text: 'a', block: 2 },
  { type: 'refusal', text: 'no', block: 3 },
  { type: 'tool_call', id: 'c', name: 'f', block: 4 },
  { type: 'tool_arguments', json: '{"x":1}', block: 4 },
  { type: 'finish', reason: 'tool_calls' },
  END,
];
const finished = (reason: 'stop' | 'length' | 'content_filter' | 'pause'): ReplyEvent[] => [
  START,
  { type: 'text', text: 'a', block: 0 },
  { type: 'tool_call', id: 'c', name: 'f', block: 1 },
  { type: 'finish', reason },
  END,
];

it('spells a whole response', () => {
  const body = { model: 'alias', input: 'q' };
  expect(encodeReply(TURN, { ...context, body })).toEqual({
    id: 'resp_abc',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    background: false,
    completed_at: 1_700_000_000,
    error: null,
    incomplete_details: null,
    access_programs: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    metadata: {},
    model: 'claude-x',
    output: [
      {
        id: 'rs_abc_0',
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'hm' }],
        encrypted_content: seal({ signature: 'sig' }),
      },
      { id: 'rs_abc_1', type: 'reasoning', summary: [], encrypted_content: seal({ data: 'xyz' }) },
      {
        id: 'msg_abc_2',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'a', annotations: [], logprobs: [] }],
      },
      {
        id: 'msg_abc_3',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'refusal', refusal: 'no' }],
      },
      { id: 'fc_abc_4', type: 'function_call', status: 'completed', call_id: 'c', name: 'f', arguments: '{"x":1}' },
    ],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    prompt_cache_retention: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: false,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    usage: {
      input_tokens: 12,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 5 },
      output_tokens: 6,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 18,
    },
  });
});

it('repeats the request where the API does', () => {
  const body = {
    model: 'alias',
    input: 'q',
    instructions: 'i',
    max_output_tokens: 9,
    metadata: { a: 'b' },
    parallel_tool_calls: false,
    prompt_cache_key: 'k',
    reasoning: { effort: 'high', summary: 'auto' },
    safety_identifier: 's',
    temperature: 0,
    text: { format: { type: 'json_object' }, verbosity: 'low' },
    tool_choice: 'required',
    top_p: 0.5,
    user: 'u',
  };
  const { model: _model, input: _input, ...repeated } = body;
  const tools: JsonObject[] = [{ type: 'function', name: 'f' }, { type: 'web_search' }];
  const response = encodeReply(TURN, { ...context, body: { ...body, tools } });
  expect(response).toMatchObject(repeated);
  expect(response.tools).toEqual([
    { type: 'function', name: 'f', parameters: null, strict: false },
    { type: 'web_search' },
  ]);
});

it('means the same when it is read again', () => {
  expect(decodeReply(encodeReply(TURN, context))).toEqual([{ ...START, usage }, ...TURN.slice(1)]);
});

it('seals every thought when the caller wants it', () => {
  const body = { model: 'm', input: 'q', include: ['reasoning.encrypted_content'] };
  const thought: ReplyEvent[] = [START, { type: 'thinking', text: 'hm', block: 0 }, END];
  const item = { id: 'rs_abc_0', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] };
  expect(encodeReply(thought, context).output).toEqual([item]);
  expect(encodeReply(thought, { ...context, body }).output).toEqual([{ ...item, encrypted_content: seal({}) }]);
});

it('says that an answer is incomplete, and where', () => {
  expect(encodeReply(finished('length'), context)).toMatchObject({
    status: 'incomplete',
    completed_at: null,
    incomplete_details: { reason: 'max_output_tokens' },
    output: [{ status: 'completed' }, { status: 'incomplete', arguments: '' }],
  });
  expect(encodeReply(finished('content_filter'), context)).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'content_filter' },
  });
});

it('gives a call without arguments an empty object, which clients can parse', () => {
  expect(encodeReply(finished('stop'), context)).toMatchObject({
    status: 'completed',
    output: [{}, { status: 'completed', arguments: '{}' }],
  });
});

it('makes ids of its own for replies of other vendors', () => {
  const response = encodeReply([{ ...START, id: 'msg_01-x' }, ...TURN.slice(1)], context);
  expect(response).toMatchObject({ id: 'resp_msg01x', output: { 0: { id: 'rs_msg01x_0' } } });
  const long = encodeReply([{ ...START, id: 'x'.repeat(300) }, ...TURN.slice(1)], context);
  for (const { id } of long.output as unknown as { id: string }[]) expect(id.length).toBeLessThanOrEqual(64);
});

it('tells the first of several answers only', () => {
  const other: ReplyEvent[] = [
    { type: 'text', text: 'other', block: 0, choice: 1 },
    { type: 'finish', reason: 'length', choice: 1 },
  ];
  const events = [...finished('stop').slice(0, 4), ...other, END];
  expect(encodeReply(events, context)).toEqual(encodeReply(finished('stop'), context));
});

it('tells a call of a namespaced function as it was declared', () => {
  const tools = [{ type: 'namespace', name: 'agents', description: 'd', tools: [{ type: 'function', name: 'spawn' }] }];
  const called = (name: string) =>
    encodeReply(
      [START, { type: 'tool_call', id: 'c', name, block: 0 }, { type: 'finish', reason: 'tool_calls' }, END],
      { ...context, body: { ...context.body, tools } },
    ).output;
  expect(called('agents__spawn')).toMatchObject([{ type: 'function_call', namespace: 'agents', name: 'spawn' }]);
  expect(called('other__spawn')).toMatchObject([{ type: 'function_call', name: 'other__spawn' }]);
  expect(called('other__spawn')).not.toMatchObject([{ namespace: expect.anything() }]);
});
