import type { JsonObject } from '../../contract/json';
import { completeReply, completeResponse } from './complete';

const request = {
  model: 'm',
  input: 'q',
  instructions: 'i',
  temperature: 0.1,
  tools: [{ type: 'function', name: 'f' }],
};
const sparse: JsonObject = {
  id: 'resp_1',
  output: [
    { type: 'reasoning', id: 'rs_9' },
    {
      type: 'message',
      content: [
        { type: 'output_text', text: 'a' },
        { type: 'refusal', refusal: 'no' },
      ],
    },
    { type: 'function_call', id: 'fc_9', call_id: 'c', name: 'f' },
  ],
  usage: { input_tokens: 2, output_tokens: 3 },
};

it('adds what the schema requires', () => {
  expect(completeReply(sparse, request)).toEqual({
    id: 'resp_1',
    object: 'response',
    created_at: 0,
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: 'i',
    metadata: {},
    model: 'm',
    parallel_tool_calls: true,
    temperature: 0.1,
    tool_choice: 'auto',
    tools: [{ type: 'function', name: 'f', parameters: null, strict: false }],
    top_p: 1,
    output: [
      { type: 'reasoning', id: 'rs_9', summary: [] },
      {
        type: 'message',
        id: 'msg_1_1',
        role: 'assistant',
        status: 'completed',
        content: [
          { type: 'output_text', text: 'a', annotations: [], logprobs: [] },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      { type: 'function_call', id: 'fc_9', call_id: 'c', name: 'f', arguments: '', status: 'completed' },
    ],
    usage: {
      input_tokens: 2,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 5,
    },
  });
});

it('hands a complete answer back as it is', () => {
  const complete = completeReply(sparse, request);
  expect(completeReply(complete, { model: 'other' })).toBe(complete);
});

it('never changes what is there', () => {
  const odd = { id: 7, output: 'none', usage: null, tools: null, temperature: 0.9, metadata: { a: 'b' } };
  expect(completeResponse(odd, request)).toMatchObject(odd);
  expect(completeResponse({ id: 'r', output: [null, 3] }, request).output).toEqual([null, 3]);
});
