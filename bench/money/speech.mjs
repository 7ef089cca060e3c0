// The wire of two vendors with every kind of count that they tell, and without any where a fault wants that.

const chatUsage = ({ input, cacheRead, cacheWrite, cacheWriteLong, output }) => {
  const prompt = input + cacheRead + cacheWrite + cacheWriteLong;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cacheRead, audio_tokens: 0 },
  };
};

const openai = {
  beginsWithPrompt: false,
  whole: ({ id, model, words, counts, telling }) => ({
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: words.join(''), refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    ...(telling && { usage: chatUsage(counts) }),
  }),
  stream({ id, model, words, counts, telling }) {
    const head = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created: 1, model };
    const chunk = (choices, usage = null) => `data: ${JSON.stringify({ ...head, choices, usage })}\n\n`;
    const delta = (fields, finish_reason = null) => chunk([{ index: 0, delta: fields, logprobs: null, finish_reason }]);
    return {
      open: delta({ role: 'assistant', content: '' }),
      pieces: words.map((content) => delta({ content })),
      close: `${delta({}, 'stop')}${telling ? chunk([], chatUsage(counts)) : ''}data: [DONE]\n\n`,
    };
  },
  error: (type) => ({ error: { message: 'This is a drill', type, param: null, code: type } }),
};

const messageUsage = ({ input, cacheRead, cacheWrite, cacheWriteLong, output }) => ({
  input_tokens: input,
  cache_read_input_tokens: cacheRead,
  cache_creation_input_tokens: cacheWrite + cacheWriteLong,
  cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: cacheWriteLong },
  output_tokens: output,
});
const message = ({ id, model, counts, telling }) => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: telling ? messageUsage(counts) : null,
});

const anthropic = {
  /** A stream says first what its prompt took. */
  beginsWithPrompt: true,
  whole: (said) => ({
    ...message(said),
    content: [{ type: 'text', text: said.words.join(''), citations: null }],
    stop_reason: 'end_turn',
  }),
  stream(said) {
    const event = (type, fields = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    const usage = said.telling ? { output_tokens: said.counts.output } : null;
    return {
      open:
        event('message_start', { message: message({ ...said, counts: { ...said.counts, output: 1 } }) }) +
        event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      pieces: said.words.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
      close:
        event('content_block_stop', { index: 0 }) +
        event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }) +
        event('message_stop'),
    };
  },
  error: (type) => ({ type: 'error', error: { type, message: 'This is a drill' }, request_id: null }),
};

/** By the provider's name. */
export const SPEECH = { openai, anthropic };
