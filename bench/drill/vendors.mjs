// The wire of two vendors, as the doubles speak it.
import { TOOL } from './answers.mjs';

/**
 * @typedef {object} Said
 * @property {import('./answers.mjs').Answer} answer
 * @property {string} model
 * @property {{input: number, output: number}} usage
 * @property {boolean} [wantsUsage] in the stream
 */

const chat = {
  whole: ({ answer, model, usage }) => ({
    id: 'chatcmpl-drill',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      {
        index: 0,
        message: answer.tool
          ? { role: 'assistant', content: null, refusal: null, tool_calls: [chatTool(answer.pieces.join(''))] }
          : { role: 'assistant', content: answer.pieces.join(''), refusal: null },
        logprobs: null,
        finish_reason: answer.tool ? 'tool_calls' : 'stop',
      },
    ],
    usage: chatUsage(usage),
  }),

  /** What opens a stream, before any content; its pieces; and what closes it. */
  stream({ answer, model, usage, wantsUsage }) {
    const head = { id: 'chatcmpl-drill', object: 'chat.completion.chunk', created: 1, model };
    const chunk = (choices, more) => `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
    const delta = (fields, finish_reason = null) =>
      chunk([{ index: 0, delta: fields, logprobs: null, finish_reason }], wantsUsage ? { usage: null } : {});
    const opened = answer.tool ? delta({ tool_calls: [{ index: 0, ...chatTool('') }] }) : '';
    const piece = (text) =>
      delta(answer.tool ? { tool_calls: [{ index: 0, function: { arguments: text } }] } : { content: text });
    return {
      open: delta({ role: 'assistant', content: answer.tool ? null : '' }),
      pieces: startingWith(opened, answer.pieces.map(piece)),
      close: [
        delta({}, answer.tool ? 'tool_calls' : 'stop'),
        wantsUsage ? chunk([], { usage: chatUsage(usage) }) : '',
        'data: [DONE]\n\n',
      ].join(''),
    };
  },

  error: (type, message) => ({ error: { message, type, param: null, code: type } }),
};

const chatTool = (json) => ({ id: 'call_drill', type: 'function', function: { name: TOOL, arguments: json } });
const chatUsage = ({ input, output }) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});

const messages = {
  whole: ({ answer, model, usage }) => ({
    ...message(model, usage.input, usage.output),
    content: [
      answer.tool
        ? { type: 'tool_use', id: 'toolu_drill', name: TOOL, input: JSON.parse(answer.pieces.join('')) }
        : { type: 'text', text: answer.pieces.join(''), citations: null },
    ],
    stop_reason: answer.tool ? 'tool_use' : 'end_turn',
  }),

  stream({ answer, model, usage }) {
    const event = (type, fields = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    const block = answer.tool
      ? { type: 'tool_use', id: 'toolu_drill', name: TOOL, input: {} }
      : { type: 'text', text: '' };
    const opened = event('content_block_start', { index: 0, content_block: block });
    const delta = (text) =>
      answer.tool ? { type: 'input_json_delta', partial_json: text } : { type: 'text_delta', text };
    const piece = (text) => event('content_block_delta', { index: 0, delta: delta(text) });
    return {
      open: event('message_start', { message: message(model, usage.input, 1) }),
      pieces: startingWith(opened, answer.pieces.map(piece)),
      close:
        event('content_block_stop', { index: 0 }) +
        event('message_delta', {
          delta: { stop_reason: answer.tool ? 'tool_use' : 'end_turn', stop_sequence: null },
          usage: { output_tokens: usage.output },
        }) +
        event('message_stop'),
    };
  },

  error: (type, text) => ({ type: 'error', error: { type, message: text }, request_id: null }),
};

const startingWith = (opened, [first, ...rest]) => [opened + first, ...rest];

const message = (model, input_tokens, output_tokens) => ({
  id: 'msg_drill',
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens, output_tokens },
});

/** By the path that was asked. */
export const VENDORS = { '/v1/chat/completions': chat, '/v1/messages': messages };
