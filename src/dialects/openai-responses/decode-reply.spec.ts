import { GatewayError } from '../../contract/errors';
import type { Json, JsonObject } from '../../contract/json';
import { decodeReply } from './decode-reply';

const reply = (fields: JsonObject = {}): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  model: 'gpt-x',
  status: 'completed',
  output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi' }] }],
  ...fields,
});

function failure(body: JsonObject): GatewayError {
  try {
    decodeReply(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

it('reads every kind of item', () => {
  const body = reply({
    output: [
      {
        type: 'reasoning',
        summary: [
          { type: 'summary_text', text: 'one' },
          { type: 'summary_text', text: 'two' },
        ],
      },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'a' },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"x":1}' },
    ],
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
      output_tokens: 6,
      output_tokens_details: { reasoning_tokens: 2 },
    },
  });
  const usage = { inputTokens: 5, cacheReadTokens: 4, cacheWriteTokens: 1, outputTokens: 6, thinkingTokens: 2 };
  expect(decodeReply(body)).toEqual([
    { type: 'start', id: 'resp_1', model: 'gpt-x', usage },
    { type: 'thinking', text: 'one', block: 0 },
    { type: 'thinking', text: 'two', block: 1 },
    { type: 'native', name: 'web_search_call', block: 2 },
    { type: 'text', text: 'a', block: 3 },
    { type: 'refusal', text: 'no', block: 4 },
    { type: 'tool_call', id: 'c', name: 'f', block: 5 },
    { type: 'tool_arguments', json: '{"x":1}', block: 5 },
    { type: 'finish', reason: 'tool_calls' },
    { type: 'end', usage },
  ]);
});

it.each<[string, JsonObject, string]>([
  ['completed', { status: 'completed' }, 'stop'],
  ['without a status', { status: null }, 'stop'],
  ['cut short', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
  ['filtered', { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'content_filter'],
])('says why an answer %s ended', (_, fields, reason) => {
  expect(decodeReply(reply(fields))).toContainEqual({ type: 'finish', reason });
});

it('says when usage is unknown', () => {
  expect(decodeReply(reply()).at(-1)).toMatchObject({ type: 'end', usage: { inputTokens: 0, estimated: true } });
});

it.each([
  ['rate_limit_exceeded', 'rate_limited'],
  ['server_is_overloaded', 'overloaded'],
  ['invalid_prompt', 'invalid_request'],
  ['context_length_exceeded', 'invalid_request'],
  ['invalid_image_url', 'invalid_request'],
  ['invalid_api_key', 'provider_failed'],
  ['server_error', 'provider_failed'],
])('reports %s as %s', (code, expected) => {
  const error = failure(reply({ status: 'failed', error: { code, message: 'm'.repeat(900) } }));
  expect(error).toMatchObject({ code: expected, facts: { providerCode: code } });
  expect(error.message).toBe('m'.repeat(500));
});

it.each<[string, JsonObject]>([
  ['nothing', {}],
  ['no id', reply({ id: 4 })],
  ['no output', reply({ output: 'secret' })],
  ['an item that is no object', reply({ output: ['secret'] })],
  ['a call without a name', reply({ output: [{ type: 'function_call', call_id: 'secret' }] })],
  ['an unfinished response', reply({ status: 'queued' })],
  ['a failure without an error', reply({ status: 'failed' })],
])('turns %s into a failure of the provider', (_, body) => {
  const error = failure(body);
  expect(error.code).toBe('provider_failed');
  expect(error.message).not.toContain('secret');
});

it('survives content of any type', () => {
  const odd: Json[] = [null, 3, 'x', [], {}, [3], [{}], [{ type: 'output_text', text: 3 }]];
  for (const content of odd)
    expect(decodeReply(reply({ output: [{ type: 'message', content }] })).map(({ type }) => type)).toEqual([
      'start',
      'finish',
      'end',
    ]);
});
