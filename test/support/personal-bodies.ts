/** Made up: the check digits are right, the people do not exist. */
export const PERSONAL = ['529.982.247-25', '52998224725', 'ana.canary@example.com.br'] as const;
const [CPF, BARE, EMAIL] = PERSONAL;
const IN_BASE64 = Buffer.from(`CPF ${CPF}`).toString('base64');

type Body = Record<string, unknown>;

/** By name of the part: a call whose part holds what is personal. */
export function personalBody(
  door: 'chat' | 'responses' | 'messages',
  model: string,
  stream: boolean,
): Readonly<Record<string, Body>> {
  const bodies = { chat, responses, messages }[door](model);
  return Object.fromEntries(Object.entries(bodies).map(([part, body]) => [part, { ...body, stream }]));
}

const TEXT = `My CPF is ${CPF}.`;
const SCHEMA = { type: 'object', properties: { [EMAIL]: { type: 'string', description: TEXT, enum: [CPF] } } };

function chat(model: string): Record<string, Body> {
  const hello = { role: 'user', content: 'Hello' };
  const asked = (messages: object[], more: Body = {}): Body => ({ model, messages, ...more });
  const call = {
    id: 'call_1',
    type: 'function',
    function: { name: 'find', arguments: `{"cpf":"${BARE}","${EMAIL}":1}` },
  };
  return {
    text: asked([{ role: 'user', content: TEXT }]),
    parts: asked([{ role: 'user', content: [{ type: 'text', text: TEXT }] }]),
    system: asked([{ role: 'system', content: TEXT }, hello]),
    history: asked([{ role: 'user', content: TEXT }, { role: 'assistant', content: TEXT }, hello]),
    image_url: asked([{ role: 'user', content: [{ type: 'image_url', image_url: { url: `https://example.com/x.png?mail=${EMAIL}` } }] }]),
    file: asked([{ role: 'user', content: [{ type: 'file', file: { filename: `${CPF}.txt`, file_data: `data:text/plain;base64,${IN_BASE64}` } }] }]),
    tool_definition: asked([hello], { tools: [{ type: 'function', function: { name: 'find', description: TEXT, parameters: SCHEMA } }] }),
    tool_call: asked([hello, { role: 'assistant', content: null, tool_calls: [call] }, { role: 'tool', tool_call_id: 'call_1', content: TEXT }]),
    name: asked([{ role: 'user', name: BARE, content: 'Hello' }]),
    user: asked([hello], { user: EMAIL }),
    metadata: asked([hello], { metadata: { cpf: BARE, [EMAIL]: 'x' } }),
    stop: asked([hello], { stop: [CPF] }),
    schema: asked([hello], { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: SCHEMA } } }),
    unknown: asked([hello], { whatever: { deep: [TEXT] } }),
  }; // prettier-ignore
}

function responses(model: string): Record<string, Body> {
  const asked = (input: unknown, more: Body = {}): Body => ({ model, input, store: false, ...more });
  return {
    text: asked(TEXT),
    instructions: asked('Hello', { instructions: TEXT }),
    parts: asked([{ role: 'user', content: [{ type: 'input_text', text: TEXT }] }]),
    file: asked([{ role: 'user', content: [{ type: 'input_file', filename: `${CPF}.txt`, file_data: `data:text/plain;base64,${IN_BASE64}` }] }]),
    tool_definition: asked('Hello', { tools: [{ type: 'function', name: 'find', description: TEXT, parameters: SCHEMA, strict: false }] }),
    tool_call: asked([
      { role: 'user', content: 'Hello' },
      { type: 'function_call', call_id: 'call_1', name: 'find', arguments: `{"cpf":"${BARE}","${EMAIL}":1}` },
      { type: 'function_call_output', call_id: 'call_1', output: TEXT },
    ]),
    user: asked('Hello', { user: EMAIL }),
    metadata: asked('Hello', { metadata: { cpf: BARE, [EMAIL]: 'x' } }),
    schema: asked('Hello', { text: { format: { type: 'json_schema', name: 'n', schema: SCHEMA, strict: false } } }),
    unknown: asked('Hello', { whatever: { deep: [TEXT] } }),
  }; // prettier-ignore
}

function messages(model: string): Record<string, Body> {
  const asked = (content: unknown, more: Body = {}): Body => ({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content }],
    ...more,
  });
  return {
    text: asked(TEXT),
    parts: asked([{ type: 'text', text: TEXT }]),
    system: asked('Hello', { system: TEXT }),
    system_parts: asked('Hello', { system: [{ type: 'text', text: TEXT }] }),
    document: asked([{ type: 'document', title: EMAIL, context: TEXT, source: { type: 'text', media_type: 'text/plain', data: TEXT } }, { type: 'text', text: 'Hello' }]),
    tool_definition: asked('Hello', { tools: [{ name: 'find', description: TEXT, input_schema: SCHEMA }] }),
    tool_call: asked('Hello', {
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'find', input: { cpf: Number(BARE), [EMAIL]: CPF } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: TEXT }] },
      ],
    }),
    user: asked('Hello', { metadata: { user_id: EMAIL } }),
    stop: asked('Hello', { stop_sequences: [CPF] }),
    unknown: asked('Hello', { whatever: { deep: [TEXT] } }),
  }; // prettier-ignore
}
