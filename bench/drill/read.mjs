// What a strict client makes of an answer: its content, how it ended, and where it broke its vendor's grammar.

/**
 * @typedef {object} Reading
 * @property {string} text
 * @property {{name: string, json: string}} [tool]
 * @property {boolean} complete ended as the vendor's answers end
 * @property {{code: string, message: string}} [error] it reported, in the vendor's shape
 * @property {string} [broken] which rule it broke
 */

/** @returns {Reading} */
export function read({ door, stream }, { status, headers, text, failure }) {
  const reading = { text: '', complete: false };
  if (failure) return { ...reading, broken: `connection ${failure}` };
  try {
    const streamed = String(headers['content-type']).startsWith('text/event-stream');
    if (status >= 400) reading.error = errorOf(door, JSON.parse(text));
    else if (streamed !== stream) throw new Error('not the form that was asked for');
    else if (stream) STREAMS[door](framesOf(text), reading);
    else WHOLE[door](JSON.parse(text), reading);
    if (!reading.complete && !reading.error) throw new Error('ends without an end and without an error');
  } catch (error) {
    reading.broken = error.message;
  }
  return reading;
}

function errorOf(door, body) {
  const { error } = body;
  if (door === 'messages' && body.type !== 'error') throw new Error('an error of another vendor');
  if (typeof error?.message !== 'string') throw new Error('an error without a message');
  return { code: String(error.code ?? error.type), message: error.message };
}

const must = (condition, rule) => {
  if (!condition) throw new Error(rule);
};

const WHOLE = {
  chat({ choices: [{ message, finish_reason }], usage }, reading) {
    reading.text = message.content ?? '';
    const called = message.tool_calls?.[0]?.function;
    if (called) reading.tool = { name: called.name, json: called.arguments };
    must(finish_reason === (called ? 'tool_calls' : 'stop'), 'finish_reason');
    must(usage.completion_tokens > 0, 'usage');
    reading.complete = true;
  },
  messages({ type, content: [block], stop_reason, usage }, reading) {
    must(type === 'message', 'type');
    if (block.type === 'tool_use') reading.tool = { name: block.name, json: JSON.stringify(block.input) };
    else reading.text = block.text;
    must(stop_reason === (reading.tool ? 'tool_use' : 'end_turn'), 'stop_reason');
    must(usage.output_tokens > 0, 'usage');
    reading.complete = true;
  },
};

/** The events of a stream: whole frames only. */
function framesOf(text) {
  const frames = text.split('\n\n');
  must(frames.pop().trim() === '', 'ends in the middle of a frame');
  return frames.flatMap((frame) => {
    const data = /^data: ?(.*)$/m.exec(frame)?.[1];
    if (data === undefined) return []; // a comment
    const event = /^event: ?(.*)$/m.exec(frame)?.[1];
    return [{ event, data: data === '[DONE]' ? data : JSON.parse(data) }];
  });
}

const STREAMS = {
  chat(frames, reading) {
    let finished = false;
    for (const { data } of frames) {
      must(!reading.complete && !reading.error, 'goes on after its end');
      if (data === '[DONE]') {
        must(finished, '[DONE] without a finish_reason');
        reading.complete = true;
      } else if (data.error) reading.error = errorOf('chat', data);
      else if (data.choices.length) {
        const [{ delta, finish_reason }] = data.choices;
        must(!finished, 'content after its finish_reason');
        reading.text += delta.content ?? '';
        for (const { function: called } of delta.tool_calls ?? []) addTool(reading, called.name, called.arguments);
        finished = Boolean(finish_reason);
      }
    }
  },

  messages(frames, reading) {
    let open = false;
    let stopped = false;
    for (const [place, { event, data }] of frames.entries()) {
      must(!reading.complete && !reading.error, 'goes on after its end');
      must(event === data.type, 'event and type differ');
      must((place === 0) === (event === 'message_start') || event === 'error', 'message_start is first, and once');
      if (event === 'error') reading.error = errorOf('messages', data);
      else if (event === 'content_block_start') {
        must(!open && !stopped, 'a block within a block');
        open = true;
        if (data.content_block.type === 'tool_use') addTool(reading, data.content_block.name, '');
      } else if (event === 'content_block_delta') {
        must(open, 'a delta outside a block');
        reading.text += data.delta.text ?? '';
        if (data.delta.partial_json !== undefined) addTool(reading, undefined, data.delta.partial_json);
      } else if (event === 'content_block_stop') {
        must(open, 'the end of a block that is not open');
        open = false;
      } else if (event === 'message_delta') stopped = Boolean(data.delta.stop_reason);
      else if (event === 'message_stop') {
        must(!open && stopped, 'message_stop too early');
        reading.complete = true;
      }
    }
  },
};

function addTool(reading, name, json = '') {
  reading.tool ??= { name, json: '' };
  reading.tool.json += json;
}
