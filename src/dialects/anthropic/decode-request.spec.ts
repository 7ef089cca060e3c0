import { GatewayError } from '../../contract/errors';
import type { Json, JsonObject } from '../../contract/json';
import { anthropicCount, anthropicMessages } from '.';

const MINIMAL = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };

function decode(fields: JsonObject = {}) {
  return anthropicMessages.decodeRequest({ ...MINIMAL, ...fields });
}

function decodeContent(content: Json, role = 'user') {
  const request = decode({ messages: [{ role, content }] });
  return { parts: request.messages[0].parts, hints: request.hints, extras: request.extras };
}

function refusal(body: JsonObject, codec = anthropicMessages): GatewayError {
  try {
    codec.decodeRequest(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('decodeRequest', () => {
  it('reads the smallest request', () => {
    expect(decode()).toEqual({
      operation: 'chat',
      model: 'm',
      stream: false,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
      tools: [],
      maxTokens: 10,
      hints: [],
      extras: [],
    });
  });

  it('reads every option', () => {
    const request = decode({
      stream: true,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      thinking: { type: 'enabled', budget_tokens: 2048 },
      output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      gatehouse: { cache: 'no-store' },
    });
    expect(request).toMatchObject({
      stream: true,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      stop: ['END'],
      user: 'u1',
      thinking: { mode: 'on', budgetTokens: 2048, effort: 'high' },
      responseFormat: { type: 'json_schema', schema: { type: 'object' }, strict: true },
      toolChoice: { type: 'required' },
      parallelToolCalls: false,
      hints: [],
      extras: [],
    });
  });

  it.each([
    [{ type: 'disabled' }, { mode: 'off' }],
    [{ type: 'adaptive' }, { mode: 'adaptive' }],
  ])('reads thinking %j', (thinking, expected) => {
    expect(decode({ thinking }).thinking).toEqual(expected);
  });

  it('takes an effort alone as a wish to think', () => {
    expect(decode({ output_config: { effort: 'max' } }).thinking).toEqual({ mode: 'on', effort: 'max' });
  });

  it('leaves a kind of thinking it does not know to the provider', () => {
    const request = decode({ thinking: { type: 'between_tools' } });
    expect(request.thinking).toBeUndefined();
    expect(request.extras).toEqual(['thinking']);
  });

  it('reads the older spelling of the output format', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    expect(decode({ output_format: format }).responseFormat).toMatchObject({ type: 'json_schema', strict: true });
    const other = decode({ output_config: { format: { type: 'grammar' } } });
    expect(other.extras).toEqual(['output_config.format']);
  });

  it('puts the system prompt first and keeps instructions that stand later', () => {
    const cache_control = { type: 'ephemeral' };
    const request = decode({
      system: [{ type: 'text', text: 'a', cache_control }],
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'system', content: 'b' },
      ],
    });
    expect(request.messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'a', cacheControl: cache_control }] },
      { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
      { role: 'system', parts: [{ type: 'text', text: 'b' }] },
    ]);
    expect(decode({ system: '' }).messages).toHaveLength(1);
  });

  it('reads images and documents from every source', () => {
    const { parts, extras } = decodeContent([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
      { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
      { type: 'image', source: { type: 'file', file_id: 'f1' } },
      { type: 'document', title: 't', source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
    ]);
    expect(parts).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } },
      { type: 'image', source: { kind: 'url', url: 'https://x/y.png' } },
      { type: 'image', source: { kind: 'file', id: 'f1' } },
      { type: 'document', name: 't', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' } },
      { type: 'document', source: { kind: 'text', text: 'words' } },
    ]);
    expect(extras).toEqual([]);
  });

  it('reads thoughts and tool calls of the assistant', () => {
    const { parts, extras } = decodeContent(
      [
        { type: 'thinking', thinking: 'hm', signature: 'sig' },
        { type: 'thinking', thinking: 'hm', signature: '' },
        { type: 'redacted_thinking', data: 'xx' },
        { type: 'tool_use', id: 't1', name: 'f', input: { a: [1] }, caller: { type: 'direct' } },
      ],
      'assistant',
    );
    expect(parts).toEqual([
      { type: 'thinking', text: 'hm', signature: 'sig' },
      { type: 'thinking', text: 'hm' },
      { type: 'redacted_thinking', data: 'xx' },
      { type: 'tool_call', id: 't1', name: 'f', arguments: '{"a":[1]}' },
    ]);
    expect(extras).toEqual([]);
  });

  it('reads tool results', () => {
    const { parts, extras } = decodeContent([
      { type: 'tool_result', tool_use_id: 't1', content: '21', is_error: true },
      {
        type: 'tool_result',
        tool_use_id: 't2',
        content: [
          { type: 'text', text: 'x' },
          { type: 'tool_reference', tool_name: 'g' },
        ],
      },
      { type: 'tool_result', tool_use_id: 't3' },
    ]);
    expect(parts).toEqual([
      { type: 'tool_result', toolCallId: 't1', parts: [{ type: 'text', text: '21' }], isError: true },
      { type: 'tool_result', toolCallId: 't2', parts: [{ type: 'text', text: 'x' }] },
      { type: 'tool_result', toolCallId: 't3', parts: [] },
    ]);
    expect(extras).toEqual(['messages[0].content[1].content[1]']);
  });

  it('reads tools; those of the provider are extras, those of the caller keep their hints', () => {
    const request = decode({
      tools: [
        { name: 'f', description: 'd', input_schema: { type: 'object' }, strict: true, defer_loading: true },
        { type: 'web_search_20250305', name: 'web_search' },
        { type: 'custom', name: 'g', input_schema: {}, cache_control: { type: 'ephemeral' } },
      ],
      tool_choice: { type: 'tool', name: 'f' },
    });
    expect(request.tools).toEqual([
      { name: 'f', description: 'd', schema: { type: 'object' }, strict: true },
      { name: 'g', schema: {}, cacheControl: { type: 'ephemeral' } },
    ]);
    expect(request.toolChoice).toEqual({ type: 'tool', name: 'f' });
    expect(request.parallelToolCalls).toBeUndefined();
    expect(request.hints).toEqual(['tools[0].defer_loading']);
    expect(request.extras).toEqual(['tools[1] (web_search_20250305)']);
  });

  it('survives any number of unknown fields', () => {
    const unknown = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`x${i}`, 1]));
    expect(decode({ tools: [{ ...unknown, name: 'f', input_schema: {} }] }).hints).toHaveLength(200_000);
    const content = [{ ...unknown, type: 'text', text: 'hi' }];
    expect(decode({ messages: [{ role: 'user', content }] }).extras).toHaveLength(200_000);
  });

  it('tells what only tunes from what only Anthropic can do', () => {
    const request = decode({
      service_tier: 'auto',
      context_management: { edits: [] },
      metadata: { user_id: 'u', team: 't' },
      thinking: { type: 'adaptive', display: 'omitted' },
      container: 'c1',
      mcp_servers: [],
      something_new: 1,
      speed: null,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'x', citations: [] },
            { type: 'search_result', source: 's', title: 't', content: [] },
            { type: 'document', source: { type: 'content', content: 'c' } },
            { type: 'document', source: { type: 'url', url: 'u' }, citations: { enabled: true }, context: 'c' },
          ],
        },
      ],
    });
    expect([...request.hints].sort()).toEqual([
      'context_management',
      'messages[0].content[0].citations',
      'metadata.team',
      'service_tier',
      'thinking.display',
    ]);
    expect([...request.extras].sort()).toEqual([
      'container',
      'mcp_servers',
      'messages[0].content[1]',
      'messages[0].content[2].source',
      'messages[0].content[3].citations',
      'messages[0].content[3].context',
      'something_new',
    ]);
  });

  it('knows threads that the provider holds', () => {
    expect(decode({ thread: { type: 'create' } }).hints).toEqual(['thread']);
    const thread = { type: 'continue', previous_message_id: 'msg_1' };
    expect(decode({ thread, messages: [] })).toMatchObject({ continues: 'msg_1', messages: [], extras: [] });
    expect(decode({ thread: { type: 'fork' } }).extras).toEqual(['thread']);
  });

  it('counts without a bound on the answer, and never as a stream', () => {
    const { max_tokens: _, ...body } = MINIMAL;
    const request = anthropicCount.decodeRequest({ ...body, stream: true });
    expect(request).toMatchObject({ operation: 'count_tokens', stream: false, model: 'm' });
    expect(refusal({ ...body, model: 1 }, anthropicCount).facts.param).toBe('model');
  });

  it('gives each message its own path', () => {
    const messages: JsonObject[] = [
      { role: 'user', content: 'x' },
      { role: 'user', content: [{ type: 'text', text: 'x' }, { type: 'text' }] },
    ];
    expect(refusal({ ...MINIMAL, messages }).message).toBe('messages[1].content[1].text: is required');
  });
});

describe('refusals name the field', () => {
  const tool = { name: 'f', input_schema: {} };
  const fields: [string, JsonObject][] = [
    ['model', { model: undefined as unknown as Json }],
    ['model', { model: '' }],
    ['model', { model: 'x'.repeat(257) }],
    ['model', { model: ['m'] }],
    ['max_tokens', { max_tokens: null }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_tokens', { max_tokens: 1.5 }],
    ['messages', { messages: null }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'hi' }],
    ['messages[0]', { messages: ['hi'] }],
    ['messages[0].role', { messages: [{ content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['system', { system: 5 }],
    ['system[0].type', { system: [{ type: 'image', source: {} }] }],
    ['stream', { stream: 'yes' }],
    ['temperature', { temperature: 1.1 }],
    ['top_p', { top_p: -1 }],
    ['top_k', { top_k: 0.5 }],
    ['stop_sequences[1]', { stop_sequences: ['a', 1] }],
    ['metadata', { metadata: 'u' }],
    ['metadata.user_id', { metadata: { user_id: 1 } }],
    ['thinking.type', { thinking: {} }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled' } }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled', budget_tokens: 1000 } }],
    ['output_config.effort', { output_config: { effort: 'huge' } }],
    ['output_config.format.schema', { output_config: { format: { type: 'json_schema' } } }],
    ['output_format.schema', { output_format: { type: 'json_schema', schema: [] } }],
    ['tools[0].name', { tools: [{ ...tool, name: '' }] }],
    ['tools[1].input_schema', { tools: [tool, { name: 'g' }] }],
    ['tools[0].strict', { tools: [{ ...tool, strict: 1 }] }],
    ['tool_choice.type', { tool_choice: { type: 'some' } }],
    ['tool_choice.name', { tool_choice: { type: 'tool' } }],
    ['tool_choice.disable_parallel_tool_use', { tool_choice: { type: 'auto', disable_parallel_tool_use: 1 } }],
    ['thread.type', { thread: {} }],
    ['thread.previous_message_id', { thread: { type: 'continue' } }],
  ];
  it.each(fields)('%s of %j', (param, change) => {
    const error = refusal({ ...MINIMAL, ...change });
    expect([error.code, error.facts.param]).toEqual(['invalid_request', param]);
  });

  const blocks: [string, string, Json][] = [
    ['', 'user', 5],
    ['[0]', 'user', ['x']],
    ['[0].type', 'user', [{ text: 'x' }]],
    ['[0].text', 'user', [{ type: 'text', text: 1 }]],
    ['[0].cache_control', 'user', [{ type: 'text', text: 'x', cache_control: true }]],
    ['[0].source', 'user', [{ type: 'image' }]],
    ['[0].source.type', 'user', [{ type: 'image', source: {} }]],
    ['[0].source.media_type', 'user', [{ type: 'image', source: { type: 'base64', data: '' } }]],
    ['[0].source.data', 'user', [{ type: 'document', source: { type: 'text' } }]],
    ['[0].source.url', 'user', [{ type: 'image', source: { type: 'url' } }]],
    ['[0].source.file_id', 'user', [{ type: 'image', source: { type: 'file' } }]],
    ['[0].source', 'user', [{ type: 'image', source: { type: 'text', data: 'x' } }]],
    ['[0].tool_use_id', 'user', [{ type: 'tool_result' }]],
    ['[0].content', 'user', [{ type: 'tool_result', tool_use_id: 't', content: 1 }]],
    ['[0].type', 'assistant', [{ type: 'tool_result', tool_use_id: 't' }]],
    ['[0].type', 'user', [{ type: 'tool_use', id: 't', name: 'f', input: {} }]],
    ['[0].type', 'user', [{ type: 'thinking', thinking: 'x' }]],
    ['[0].type', 'user', [{ type: 'redacted_thinking', data: 'x' }]],
    ['[0].type', 'system', [{ type: 'image', source: {} }]],
    ['[0].id', 'assistant', [{ type: 'tool_use', name: 'f', input: {} }]],
    ['[0].name', 'assistant', [{ type: 'tool_use', id: 't', name: '', input: {} }]],
    ['[0].input', 'assistant', [{ type: 'tool_use', id: 't', name: 'f', input: '{}' }]],
    ['[0].thinking', 'assistant', [{ type: 'thinking' }]],
    ['[0].data', 'assistant', [{ type: 'redacted_thinking' }]],
  ];
  it.each(blocks)('messages[0].content%s in a message of the %s: %j', (path, role, content) => {
    const error = refusal({ ...MINIMAL, messages: [{ role, content }] });
    expect([error.code, error.facts.param]).toEqual(['invalid_request', `messages[0].content${path}`]);
  });
});
