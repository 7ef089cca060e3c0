import { GatewayError } from '../../contract/errors';
import type { Json, JsonObject } from '../../contract/json';
import { decodeRequest } from './decode-request';

const hello = { role: 'user', content: 'hello' };

const decode = (fields: JsonObject) => decodeRequest({ model: 'm', messages: [hello], ...fields });
const decodeMessages = (...messages: JsonObject[]) => decode({ messages });
const userParts = (...content: Json[]) => decodeMessages({ role: 'user', content }).messages[0].parts;
const tool = (fn: JsonObject) => ({ type: 'function', function: fn });

function refusal(fields: JsonObject): GatewayError {
  try {
    decode(fields);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('decodeRequest', () => {
  it('reads the smallest request', () => {
    expect(decode({})).toEqual({
      operation: 'chat',
      model: 'm',
      stream: false,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
      tools: [],
      hints: [],
      extras: [],
    });
  });

  it('reads every option it knows', () => {
    const decoded = decode({
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 7,
      max_completion_tokens: 7,
      temperature: 0,
      top_p: 0.5,
      top_k: 40,
      seed: -3,
      presence_penalty: -2,
      frequency_penalty: 2,
      stop: 'END',
      n: 2,
      logprobs: true,
      top_logprobs: 3,
      parallel_tool_calls: false,
      reasoning_effort: 'high',
      modalities: ['text'],
      user: 'u1',
      gatehouse: { cache: 'no-store' },
    });
    expect(decoded).toMatchObject({
      stream: true,
      maxTokens: 7,
      temperature: 0,
      topP: 0.5,
      topK: 40,
      seed: -3,
      presencePenalty: -2,
      frequencyPenalty: 2,
      stop: ['END'],
      n: 2,
      logprobs: true,
      topLogprobs: 3,
      parallelToolCalls: false,
      thinking: { mode: 'on', effort: 'high' },
      user: 'u1',
      hints: [],
      extras: [],
    });
  });

  it('takes null for absent, as OpenAI does', () => {
    const decoded = decode({ temperature: null, tools: null, stop: null, stream: null, logit_bias: null, store: null });
    expect(decoded).toEqual(decode({}));
  });

  it('still reads the older name of the token limit', () => {
    expect(decode({ max_tokens: 5 }).maxTokens).toBe(5);
  });

  it('reads an effort of none as not thinking', () => {
    expect(decode({ reasoning_effort: 'none' }).thinking).toEqual({ mode: 'off', effort: 'none' });
  });

  it.each([-1, 0])('reads a top_k of %d as no limit', (top_k) => {
    expect(decode({ top_k }).topK).toBeUndefined();
  });

  it('reads response formats', () => {
    const schema = { type: 'object' };
    expect(decode({ response_format: { type: 'text' } }).responseFormat).toEqual({ type: 'text' });
    expect(
      decode({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } } })
        .responseFormat,
    ).toEqual({ type: 'json_schema', name: 'n', schema, strict: true });
  });

  it('tells hints from extras', () => {
    const decoded = decode({
      service_tier: 'flex',
      store: true,
      metadata: { a: 'b' },
      prediction: { type: 'content', content: 'x' },
      logit_bias: { '50256': -100 },
      functions: [],
      modalities: ['text', 'audio'],
      response_format: { type: 'grammar', grammar: 'root ::= "x"' },
      stream: true,
      stream_options: { include_obfuscation: false, cadence: 3 },
      web_search_options: {},
    });
    expect(decoded.hints.toSorted()).toEqual([
      'metadata',
      'prediction',
      'service_tier',
      'store',
      'stream_options.include_obfuscation',
    ]);
    expect(decoded.extras.toSorted()).toEqual([
      'functions',
      'logit_bias',
      'modalities',
      'response_format',
      'stream_options.cadence',
      'web_search_options',
    ]);
  });

  it('survives any number of unknown fields', () => {
    const unknown = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`x${i}`, 1]));
    expect(decode(unknown).extras).toHaveLength(200_000);
  });

  it.each<[string, JsonObject]>([
    ['model', { model: '' }],
    ['model', { model: 'x'.repeat(257) }],
    ['model', { model: null }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'nope' }],
    ['messages[0]', { messages: ['nope'] }],
    ['messages[0].role', { messages: [{ content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: 'wizard', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: [] }] }],
    ['messages[0].content', { messages: [{ role: 'system', content: 3 }] }],
    ['messages[0].content', { messages: [{ role: 'assistant', content: null }] }],
    ['messages[1].content', { messages: [hello, { role: 'assistant', tool_calls: [] }] }],
    ['messages[0].content[0].text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ text: 'x' }] }] }],
    ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].tool_calls[0].id', { messages: [{ role: 'assistant', tool_calls: [tool({})] }] }],
    ['messages[0].tool_calls[0].function', { messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] }],
    ['tools[0].type', { tools: [{}] }],
    ['tools[0].function', { tools: [{ type: 'function' }] }],
    ['tools[0].function.name', { tools: [tool({ name: 'no spaces' })] }],
    ['tools[0].function.name', { tools: [tool({ name: 'x'.repeat(129) })] }],
    ['tools[0].function.parameters', { tools: [tool({ name: 'a', parameters: [] })] }],
    ['tool_choice', { tool_choice: 'maybe' }],
    ['tool_choice', { tool_choice: 3 }],
    ['tool_choice.function.name', { tool_choice: tool({}) }],
    ['stream', { stream: 'yes' }],
    ['stream_options', { stream_options: { include_usage: true } }],
    ['stream_options.include_usage', { stream: true, stream_options: { include_usage: 1 } }],
    ['temperature', { temperature: 2.1 }],
    ['temperature', { temperature: '1' }],
    ['top_p', { top_p: 1.1 }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_completion_tokens', { max_completion_tokens: 1.5 }],
    ['max_completion_tokens', { max_tokens: 500, max_completion_tokens: 1 }],
    ['presence_penalty', { presence_penalty: -3 }],
    ['n', { n: 129 }],
    ['top_logprobs', { top_logprobs: 21 }],
    ['stop', { stop: Array.from({ length: 17 }, () => 'x') }],
    ['stop[1]', { stop: ['a', 2] }],
    ['reasoning_effort', { reasoning_effort: 'extreme' }],
    ['response_format.type', { response_format: {} }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
    ['response_format.json_schema.schema', { response_format: { type: 'json_schema', json_schema: { name: 'n' } } }],
    ['user', { user: 7 }],
  ])('names %s when it is wrong', (param, fields) => {
    expect(refusal(fields)).toMatchObject({ code: 'invalid_request', facts: { param } });
  });

  it('never repeats content in a refusal', () => {
    const secret = 'my secret';
    expect(refusal({ messages: [{ role: secret, content: secret }] }).message).not.toContain(secret);
    expect(
      refusal({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: secret } }] }] }).message,
    ).not.toContain(secret);
  });
});

describe('messages', () => {
  it('reads developer instructions as system', () => {
    expect(
      decodeMessages({ role: 'developer', content: 'be brief', name: 'ops' }, { ...hello, name: 'ann' }).messages,
    ).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'be brief' }], name: 'ops' },
      { role: 'user', parts: [{ type: 'text', text: 'hello' }], name: 'ann' },
    ]);
  });

  it('reads images and files', () => {
    expect(
      userParts(
        { type: 'text', text: 'look', cache_control: { type: 'ephemeral' } },
        { type: 'image_url', image_url: { url: 'data:image/PNG;base64,AAAA', detail: 'low' } },
        { type: 'image_url', image_url: { url: 'HTTPS://x.test/a.png' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' } },
        { type: 'file', file: { file_id: 'file-1' } },
      ),
    ).toEqual([
      { type: 'text', text: 'look', cacheControl: { type: 'ephemeral' } },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' },
      { type: 'image', source: { kind: 'url', url: 'HTTPS://x.test/a.png' } },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'BBBB' }, name: 'a.pdf' },
      { type: 'document', source: { kind: 'file', id: 'file-1' } },
    ]);
  });

  it.each(['file:///etc/passwd', 'data:image/png,AAAA', 'data:;base64,AAAA', 'data:image/png;base64', ''])(
    'refuses %j as an image',
    (url) => {
      expect(
        refusal({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] }),
      ).toMatchObject({ facts: { param: 'messages[0].content[0].image_url.url' } });
    },
  );

  it('names the parts it does not know by their path', () => {
    const decoded = decodeMessages(
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } },
          { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
          { type: 'file', file: { file_data: 'AAAA' } },
          { type: 'text', text: 'b', mood: 'grim' },
        ],
        weight: 1,
      },
      { role: 'function', name: 'f', content: 'x' },
      { role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://x.test' } }] },
      { role: 'assistant', function_call: { name: 'f', arguments: '{}' } },
      { role: 'assistant', tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'x', input: '' } }] },
    );
    expect(decoded.hints).toEqual(['messages[0].content[0].prompt_cache_breakpoint']);
    expect(decoded.extras.toSorted()).toEqual([
      'messages[0].content[1]',
      'messages[0].content[2]',
      'messages[0].content[3].mood',
      'messages[0].weight',
      'messages[1]',
      'messages[2].content[0]',
      'messages[3].function_call',
      'messages[4].tool_calls[0]',
    ]);
  });

  it('reads tool calls and their results', () => {
    const decoded = decodeMessages(
      hello,
      {
        role: 'assistant',
        content: '',
        refusal: null,
        annotations: [],
        tool_calls: [{ id: 'c1', type: 'function', index: 0, function: { name: 'f', arguments: '{"a": 1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', name: 'f', content: [{ type: 'text', text: 'ok' }] },
    );
    expect(decoded.extras).toEqual([]);
    expect(decoded.messages.slice(1)).toEqual([
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'f', arguments: '{"a": 1}' }] },
      { role: 'user', parts: [{ type: 'tool_result', toolCallId: 'c1', parts: [{ type: 'text', text: 'ok' }] }] },
    ]);
  });

  it('takes what clients add to an answer they send back for remarks', () => {
    const fn = { name: 'f', arguments: '{}', parsed_arguments: {} };
    const decoded = decodeMessages(hello, {
      role: 'assistant',
      provider_specific_fields: { refusal: null },
      content: [{ type: 'text', text: 'ok', role: 'assistant', annotations: [] }],
      tool_calls: [{ id: 'c', type: 'function', function: fn, extra_content: { google: {} } }],
    });
    expect(decoded.extras).toEqual([]);
    expect(decoded.hints.toSorted()).toEqual([
      'messages[1].content[0].annotations',
      'messages[1].content[0].role',
      'messages[1].provider_specific_fields',
      'messages[1].tool_calls[0].extra_content',
      'messages[1].tool_calls[0].function.parsed_arguments',
    ]);
    expect(decoded.messages[1].parts).toEqual([
      { type: 'text', text: 'ok' },
      { type: 'tool_call', id: 'c', name: 'f', arguments: '{}' },
    ]);
  });

  it('names the parts of an answer that only its provider can read again', () => {
    const decoded = decodeMessages(hello, { role: 'assistant', content: null, audio: { id: 'audio_1' } });
    expect(decoded.extras).toEqual(['messages[1].audio']);
  });

  it('puts earlier thoughts first', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '' } };
    const { parts } = decodeMessages({
      role: 'assistant',
      content: [
        { type: 'text', text: 'so' },
        { type: 'refusal', refusal: 'no' },
      ],
      reasoning_content: 'joined',
      thinking_blocks: [
        { type: 'thinking', thinking: 'hm', signature: 'sig' },
        { type: 'redacted_thinking', data: 'xx' },
      ],
      tool_calls: [call],
    }).messages[0];
    expect(parts).toEqual([
      { type: 'thinking', text: 'hm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'xx' },
      { type: 'text', text: 'so' },
      { type: 'refusal', text: 'no' },
      { type: 'tool_call', id: 'c', name: 'f', arguments: '' },
    ]);
  });

  it.each(['reasoning_content', 'reasoning'])('reads %s as a thought', (field) => {
    expect(decodeMessages({ role: 'assistant', content: 'a', [field]: 'hm' }).messages[0].parts).toEqual([
      { type: 'thinking', text: 'hm' },
      { type: 'text', text: 'a' },
    ]);
  });

  it('keeps an empty answer that says nothing else', () => {
    expect(decodeMessages({ role: 'assistant', content: '' }).messages[0].parts).toEqual([{ type: 'text', text: '' }]);
  });

  it('moves the cache mark of a message to its last part', () => {
    const cache_control = { type: 'ephemeral' };
    const content = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ];
    const decoded = decodeMessages(
      { role: 'user', content, cache_control },
      { role: 'tool', tool_call_id: 'c', content: 'r', cache_control },
    );
    expect(decoded.messages[0].parts).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b', cacheControl: cache_control },
    ]);
    expect(decoded.messages[1].parts[0]).toMatchObject({ type: 'tool_result', cacheControl: cache_control });
  });
});

describe('tools', () => {
  it('reads functions and names other kinds', () => {
    const parameters = { type: 'object', properties: { a: { type: 'string' } } };
    const decoded = decode({
      tools: [
        {
          ...tool({ name: 'a.b-c', description: 'd', parameters, strict: true }),
          cache_control: { type: 'ephemeral' },
        },
        { type: 'custom', custom: { name: 'x' } },
        tool({ name: 'bare' }),
      ],
      tool_choice: tool({ name: 'bare' }),
    });
    expect(decoded.tools).toEqual([
      { name: 'a.b-c', description: 'd', schema: parameters, strict: true, cacheControl: { type: 'ephemeral' } },
      { name: 'bare', schema: { type: 'object', properties: {} } },
    ]);
    expect(decoded.toolChoice).toEqual({ type: 'tool', name: 'bare' });
    expect(decoded.extras).toEqual(['tools[1] (custom)']);
  });

  it.each(['none', 'auto', 'required'])('reads the choice %s', (tool_choice) => {
    expect(decode({ tool_choice }).toolChoice).toEqual({ type: tool_choice });
  });

  it('names a choice it does not know', () => {
    const decoded = decode({ tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } });
    expect(decoded.toolChoice).toBeUndefined();
    expect(decoded.extras).toEqual(['tool_choice']);
  });
});
