import type { InferenceDoor } from './inference-doors';
import type { Exchange, Script } from './upstream';
import { json, says, streams } from './upstream-scripts';
import { framesFor, replyFor } from './vendor-replies';

/** What answers must look like, in each door's words. */
export const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
  required: ['name', 'age'],
  additionalProperties: false,
} as const;
const WEATHER = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;
const TOOL = 'get_weather';

type Door = InferenceDoor['name'];

/** Asks for JSON of the schema `PERSON`. */
export const FORMAT: Readonly<Record<Door, object>> = {
  chat: { response_format: { type: 'json_schema', json_schema: { name: 'person', schema: PERSON } } },
  responses: { text: { format: { type: 'json_schema', name: 'person', schema: PERSON } } },
  messages: { output_config: { format: { type: 'json_schema', schema: PERSON } } },
};

/** Offers a tool that takes a city. */
export const TOOLS: Readonly<Record<Door, object>> = {
  chat: { tools: [{ type: 'function', function: { name: TOOL, parameters: WEATHER } }] },
  responses: { tools: [{ type: 'function', name: TOOL, parameters: WEATHER, strict: false }] },
  messages: { tools: [{ name: TOOL, input_schema: WEATHER }] },
};

/** Answers one exchange after the other; the last for all that follow. */
export function inTurn(...scripts: readonly Script[]): Script {
  let at = 0;
  return (exchange) => scripts[Math.min(at++, scripts.length - 1)]?.(exchange);
}

/** A text, or a call of the tool with these arguments. */
export const answers = (tool: boolean, text: string): Script => (tool ? calls(text) : says(text));

/** A call of the tool, whole or streamed as asked. */
const calls =
  (input: string): Script =>
  (exchange) => {
    const streamed = exchange.body['stream'] === true;
    if (exchange.path.endsWith('/chat/completions')) return (streamed ? chatStream : chatWhole)(input, exchange);
    if (exchange.path.endsWith('/responses')) return (streamed ? responseStream : responseWhole)(input, exchange);
    return (streamed ? messageStream : messageWhole)(input, exchange);
  };
type Answer = (input: string, exchange: Exchange) => Promise<void> | void;

const framed = (events: readonly object[]): string[] =>
  events.map((event) => `event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`);

const chatCall = (input: string) => ({
  id: 'call_1',
  type: 'function',
  function: { name: TOOL, arguments: input },
});
const chatWhole: Answer = (input, exchange) =>
  json({
    ...replyFor(exchange, ''),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, tool_calls: [chatCall(input)] },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
  })(exchange);
const chatStream: Answer = (input, exchange) => {
  const [first = '', ...rest] = framesFor(exchange, 'x');
  const call = first.replace(
    '"delta":{"role":"assistant","content":""}',
    `"delta":${JSON.stringify({ role: 'assistant', content: null, tool_calls: [{ index: 0, ...chatCall(input) }] })}`,
  );
  const others = rest.filter((frame) => !frame.includes('"content":"x"'));
  return streams([call, ...others.map((frame) => frame.replace('"stop"', '"tool_calls"'))])(exchange);
};

const responseItem = (input: string, status = 'completed') => ({
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: TOOL,
  arguments: input,
  status,
});
const responseWhole: Answer = (input, exchange) =>
  json({ ...replyFor(exchange, ''), output: [responseItem(input)] })(exchange);
const responseStream: Answer = (input, exchange) => {
  const at = { item_id: 'fc_1', output_index: 0 };
  const whole = { ...replyFor(exchange, ''), output: [responseItem(input)] };
  const events = [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item: responseItem('', 'in_progress') },
    { type: 'response.function_call_arguments.delta', ...at, delta: input },
    { type: 'response.function_call_arguments.done', ...at, name: TOOL, arguments: input },
    { type: 'response.output_item.done', output_index: 0, item: responseItem(input) },
    { type: 'response.completed', response: whole },
  ];
  return streams(framed(events.map((event, sequence_number) => ({ ...event, sequence_number }))))(exchange);
};

const messageWhole: Answer = (input, exchange) =>
  json({
    ...replyFor(exchange, ''),
    content: [{ type: 'tool_use', id: 'toolu_1', name: TOOL, input: JSON.parse(input) as object }],
    stop_reason: 'tool_use',
  })(exchange);
const messageStream: Answer = (input, exchange) => {
  const [start = ''] = framesFor(exchange, '');
  const events = [
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'toolu_1', name: TOOL, input: {} },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: input } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ];
  return streams([start, ...framed(events)])(exchange);
};
