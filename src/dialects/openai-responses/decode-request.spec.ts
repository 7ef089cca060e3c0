import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { decodeRequest } from './decode-request';
import { seal } from './seal';

const decode = (fields: JsonObject) => decodeRequest({ model: 'm', input: 'hi', ...fields });
const messages = (...input: JsonObject[]) => decode({ input }).messages;
const text = (value: string) => ({ type: 'text', text: value });

function refusal(fields: JsonObject): GatewayError {
  try {
    decode(fields);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('options', () => {
  it('reads what a coding agent sends', () => {
    const request = decode({
      instructions: 'be brief',
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'high', summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
      tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: false }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: true,
      max_output_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      prompt_cache_key: 'k',
      client_metadata: { a: 'b' },
      user: 'u',
      gatehouse: { cache: 'no-store' },
      truncation: 'disabled',
      stream_options: { include_obfuscation: false },
    });
    expect(request).toEqual({
      operation: 'chat',
      model: 'm',
      stream: true,
      messages: [
        { role: 'system', parts: [text('be brief')] },
        { role: 'user', parts: [text('hi')] },
      ],
      tools: [{ name: 'f', description: 'd', schema: { type: 'object' }, strict: false }],
      toolChoice: { type: 'tool', name: 'f' },
      parallelToolCalls: true,
      maxTokens: 9,
      temperature: 0.5,
      topP: 0.9,
      responseFormat: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
      thinking: { mode: 'on', effort: 'high' },
      user: 'u',
      hints: expect.arrayContaining(['prompt_cache_key', 'client_metadata', 'text.verbosity', 'reasoning.summary']),
      extras: [],
    });
  });

  it('takes null for absent', () => {
    const request = decode({ store: null, previous_response_id: null, tools: null, reasoning: null, text: null });
    expect(request).toMatchObject({ tools: [], hints: [], extras: [] });
    expect(request.thinking).toBeUndefined();
  });

  it('knows when thinking is switched off', () => {
    expect(decode({ reasoning: { effort: 'none' } }).thinking).toEqual({ mode: 'off', effort: 'none' });
  });

  it('survives any number of unknown fields', () => {
    const unknown = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`x${i}`, 1]));
    expect(decode({ tools: [{ ...unknown, type: 'function', name: 'f' }] }).extras).toHaveLength(200_000);
    expect(decode({ input: [{ ...unknown, role: 'user', content: 'hi' }] }).extras).toHaveLength(200_000);
  });

  it('asks for log probabilities', () => {
    expect(decode({ include: ['message.output_text.logprobs'], top_logprobs: 3 })).toMatchObject({
      logprobs: true,
      topLogprobs: 3,
    });
  });

  it('joins the names of a namespace and its functions, in declarations and in calls', () => {
    const member = { type: 'function', name: 'spawn', description: 'd', parameters: { type: 'object' }, strict: false };
    const call = { type: 'function_call', call_id: 'c', name: 'spawn', namespace: 'agents', arguments: '{}' };
    const output = { type: 'function_call_output', call_id: 'c', namespace: 'agents', output: 'ok' };
    const request = decode({
      tools: [{ type: 'namespace', name: 'agents', description: 'Sub-agents', tools: [member] }],
      input: [call, output],
    });
    expect(request.tools).toEqual([
      { name: 'agents__spawn', description: 'd', schema: { type: 'object' }, strict: false },
    ]);
    expect(request.messages[0].parts).toEqual([{ type: 'tool_call', id: 'c', name: 'agents__spawn', arguments: '{}' }]);
    expect(request.hints).toEqual(['tools[0].description']);
    expect(request.extras).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['tools[1] (web_search)', { tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] }],
    ['tool_choice', { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] } }],
    ['include[0]', { include: ['file_search_call.results'] }],
    ['truncation', { truncation: 'auto' }],
    ['max_tool_calls', { max_tool_calls: 3 }],
    ['reasoning.mode', { reasoning: { mode: 'pro' } }],
    ['text.shape', { text: { shape: 'round' } }],
    ['stream_options.more', { stream_options: { more: true } }],
    ['context_management', { context_management: [{ type: 'compaction' }] }],
    ['input[0]', { input: [{ type: 'web_search_call', id: 'ws_1' }] }],
    ['input[0].content[0]', { input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }],
    ['tools[0].tools[0]', { tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'custom', name: 'c' }] }] }],
    ['tools[0].owner', { tools: [{ type: 'namespace', name: 'n', owner: 'x', tools: [] }] }],
  ])('names %s as native', (path, fields) => {
    expect(decode(fields).extras).toEqual([path]);
  });

  it.each<[string, JsonObject]>([
    ['model', { model: '' }],
    ['model', { model: 'm'.repeat(257) }],
    ['input', { input: null }],
    ['input', { input: [] }],
    ['input', { input: 3 }],
    ['input[0]', { input: ['hi'] }],
    ['input[0].role', { input: [{ content: 'hi' }] }],
    ['input[0].role', { input: [{ role: 'tool', content: 'hi' }] }],
    ['input[0].content', { input: [{ role: 'user' }] }],
    ['input[0].content[0].text', { input: [{ role: 'user', content: [{ type: 'input_text' }] }] }],
    [
      'input[0].content[0].image_url',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'ftp://x' }] }] },
    ],
    [
      'input[0].content[0].file_url',
      { input: [{ role: 'user', content: [{ type: 'input_file', file_url: '/etc' }] }] },
    ],
    ['input[0].call_id', { input: [{ type: 'function_call_output', output: 'x' }] }],
    ['input[0].output', { input: [{ type: 'function_call_output', call_id: 'c' }] }],
    ['input[0].arguments', { input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }] }],
    ['input[0].summary[0].text', { input: [{ type: 'reasoning', summary: [{}] }] }],
    [
      'input[1]',
      {
        input: [
          { role: 'user', content: 'x' },
          { type: 'item_reference', id: 'msg_1' },
        ],
      },
    ],
    ['store', { store: true }],
    ['background', { background: true }],
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['max_output_tokens', { max_output_tokens: 0 }],
    ['temperature', { temperature: 2.1 }],
    ['top_p', { top_p: -1 }],
    ['top_logprobs', { top_logprobs: 21 }],
    ['tools[0].name', { tools: [{ type: 'function' }] }],
    ['tools[0].parameters', { tools: [{ type: 'function', name: 'f', parameters: [] }] }],
    ['tool_choice', { tool_choice: 'sometimes' }],
    ['tool_choice.name', { tool_choice: { type: 'function' } }],
    ['text.format.schema', { text: { format: { type: 'json_schema', name: 'n' } } }],
    ['reasoning.effort', { reasoning: { effort: 'some' } }],
    ['metadata.a', { metadata: { a: 1 } }],
    ['stream', { stream: 'yes' }],
  ])('refuses a bad %s by name', (path, fields) => {
    expect(refusal(fields)).toMatchObject({ code: 'invalid_request', facts: { param: path } });
  });
});

describe('input', () => {
  it('joins the items of one turn and the outputs that answer it', () => {
    const decoded = messages(
      { role: 'developer', content: 'rules' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'q' }] },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'gAAAA-x' },
      {
        role: 'assistant',
        id: 'msg_1',
        status: 'completed',
        content: [{ type: 'output_text', text: 'a', annotations: [] }],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{"x":1}', status: 'completed' },
      { type: 'function_call', call_id: 'c2', name: 'g', arguments: '' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
      { role: 'user', content: 'go on' },
    );
    expect(decoded).toEqual([
      { role: 'system', parts: [text('rules')] },
      { role: 'user', parts: [text('q')] },
      {
        role: 'assistant',
        parts: [
          { type: 'thinking', text: 'hm' },
          text('a'),
          { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"x":1}' },
          { type: 'tool_call', id: 'c2', name: 'g', arguments: '' },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'tool_result', toolCallId: 'c1', parts: [text('one')] },
          { type: 'tool_result', toolCallId: 'c2', parts: [text('two')] },
        ],
      },
      { role: 'user', parts: [text('go on')] },
    ]);
  });

  it('keeps messages of the user apart', () => {
    expect(messages({ role: 'user', content: 'a' }, { role: 'user', content: 'b' })).toHaveLength(2);
  });

  it('restores what another vendor wants back with a thought', () => {
    const summary = [
      { type: 'summary_text', text: 'one ' },
      { type: 'summary_text', text: 'two' },
    ];
    const [message] = messages(
      { type: 'reasoning', summary, encrypted_content: seal({ signature: 'sig' }) },
      { type: 'reasoning', summary: [], encrypted_content: seal({ data: 'xyz' }) },
    );
    expect(message.parts).toEqual([
      { type: 'thinking', text: 'one two', signature: 'sig' },
      { type: 'redacted_thinking', data: 'xyz' },
    ]);
  });

  it.each(['eyJ2IjoxfQ-not', 'eyJ2Ijox', 'gAAAAABo', ''])('takes %p for a foreign proof', (encrypted_content) => {
    const summary = [{ type: 'summary_text', text: 'hm' }];
    const [message] = messages({ type: 'reasoning', summary, encrypted_content });
    expect(message.parts).toEqual([{ type: 'thinking', text: 'hm' }]);
  });

  it('reads images and files in each of their forms', () => {
    const [{ parts }] = messages({
      role: 'user',
      content: [
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
        { type: 'input_image', image_url: 'https://x.test/a.png' },
        { type: 'input_image', file_id: 'file-1' },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;name=a;base64,BBBB' },
        { type: 'input_file', file_url: 'https://x.test/a.pdf' },
        { type: 'input_file', file_id: 'file-2' },
        { type: 'refusal', refusal: 'no' },
      ],
    });
    expect(parts).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' },
      { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } },
      { type: 'image', source: { kind: 'file', id: 'file-1' } },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'BBBB' }, name: 'a.pdf' },
      { type: 'document', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
      { type: 'document', source: { kind: 'file', id: 'file-2' } },
      { type: 'refusal', text: 'no' },
    ]);
  });

  it('never repeats content in a refusal', () => {
    const input = [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:secret-image' }] }];
    expect(refusal({ input }).message).not.toContain('secret');
  });
});
