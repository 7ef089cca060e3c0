import type { JsonObject } from '../../../contract/json';
import type { Place } from './place';
import { rewriteBody } from './rewrite-body';

const CANARY = '529.982.247-25';

function places(body: JsonObject): { places: Place[]; unscanned: string[] } {
  const found = { places: [] as Place[], unscanned: [] as string[] };
  rewriteBody(body, {
    replace: (place) => {
      found.places.push(place);
      return place.text;
    },
    unscanned: (what) => void found.unscanned.push(what),
  });
  return found;
}

const hidden = (body: JsonObject): JsonObject =>
  rewriteBody(body, {
    replace: ({ text }) => text.replaceAll(CANARY, 'X').replaceAll('52998224725', 'X'),
    unscanned: () => undefined,
  });

/** Each holds the canary in every place that takes text. */
const BODIES: Record<string, JsonObject> = {
  chat: {
    model: 'm',
    user: CANARY,
    metadata: { [CANARY]: CANARY },
    safety_identifier: CANARY,
    messages: [
      { role: 'system', content: CANARY, name: CANARY },
      { role: 'user', content: [{ type: 'text', text: CANARY }, { type: 'image_url', image_url: { url: `https://x/?c=${CANARY}` } }] },
      { role: 'user', content: [{ type: 'file', file: { filename: CANARY, file_data: `data:text/plain;base64,${btoa(CANARY)}` } }] },
      { role: 'assistant', content: null, refusal: CANARY, tool_calls: [{ id: CANARY, type: 'function', function: { name: 'f', arguments: `{"${CANARY}":"${CANARY}"}` } }] },
      { role: 'tool', tool_call_id: CANARY, content: CANARY },
    ],
    tools: [{ type: 'function', function: { name: CANARY, description: CANARY, parameters: { properties: { [CANARY]: { enum: [CANARY], default: 52998224725 } } } } }],
    stop: [CANARY],
    prediction: { type: 'content', content: CANARY },
    response_format: { type: 'json_schema', json_schema: { name: CANARY, description: CANARY, schema: { title: CANARY } } },
    [`x-${CANARY}`]: 1,
  },
  responses: {
    model: 'm',
    instructions: CANARY,
    input: [
      { role: 'user', content: [{ type: 'input_text', text: CANARY }, { type: 'input_file', filename: CANARY, file_data: `data:text/csv;base64,${btoa(CANARY)}` }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: CANARY },
      { type: 'function_call_output', call_id: 'c', output: CANARY },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: CANARY }], encrypted_content: CANARY },
    ],
    prompt: { id: 'p', variables: { who: CANARY } },
    text: { format: { type: 'json_schema', name: 'n', schema: { description: CANARY } } },
  },
  messages: {
    model: 'm',
    system: [{ type: 'text', text: CANARY }],
    metadata: { user_id: CANARY },
    messages: [
      { role: 'user', content: [
        { type: 'document', title: CANARY, context: CANARY, source: { type: 'text', media_type: 'text/plain', data: CANARY } },
        { type: 'document', source: { type: 'base64', media_type: 'text/plain', data: btoa(CANARY.repeat(9)) } },
        { type: 'document', source: { type: 'content', content: [{ type: 'text', text: CANARY }] } },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: CANARY } },
        { type: 'tool_result', tool_use_id: CANARY, content: [{ type: 'text', text: CANARY }] },
        { type: 'search_result', source: CANARY, title: CANARY, content: [{ type: 'text', text: CANARY }] },
      ] },
      { role: 'assistant', content: [
        { type: 'thinking', thinking: CANARY, signature: CANARY },
        { type: 'tool_use', id: CANARY, name: 'f', input: { [CANARY]: { a: [CANARY, 52998224725] } } },
      ] },
    ],
    stop_sequences: [CANARY],
    container: CANARY,
  },
  embeddings: { model: 'm', input: [CANARY, `x ${CANARY}`], user: CANARY },
}; // prettier-ignore

describe('rewriteBody', () => {
  it.each(Object.keys(BODIES))('reaches every text of %s', (name) => {
    const text = JSON.stringify(hidden(BODIES[name] as JsonObject));
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain('52998224725');
    expect(Buffer.from(/text\/(?:plain|csv);base64,([^"]+)/.exec(text)?.[1] ?? '', 'base64').toString()).not.toContain(
      CANARY,
    );
  });

  it('hands back the same object where nothing changes', () => {
    for (const body of Object.values(BODIES))
      expect(rewriteBody(body, { replace: ({ text }) => text, unscanned: () => undefined })).toBe(body);
  });

  it('goes the same way every time', () => {
    const body = BODIES['chat'] as JsonObject;
    expect(places(body)).toEqual(places(body));
  });

  it('says what cannot be read', () => {
    const bytes = 'A'.repeat(400);
    expect(
      places({
        input: [1, 2],
        messages: [
          { role: 'user', content: [
            { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes}` } },
            { type: 'input_audio', input_audio: { data: bytes, format: 'wav' } },
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: bytes } },
            { type: 'file', file: { file_id: 'file-1' } },
            { type: 'thinking', thinking: 'x', signature: bytes },
          ] },
        ],
      }).unscanned.filter((what, i, all) => all.indexOf(what) === i).sort(),
    ).toEqual(['audio', 'document', 'file', 'image', 'opaque', 'token_ids']);
  }); // prettier-ignore

  it('knows who wrote a text', () => {
    const origins = Object.fromEntries(
      places({
        system: 's',
        tools: [{ description: 'd' }],
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'u' }, { type: 'tool_result', content: 't' }, { type: 'document', title: 'o' }] },
          { role: 'tool', content: 'r' },
          { role: 'assistant', content: 'a' },
        ],
      }).places.map(({ text, origin }) => [text, origin]),
    );
    expect(origins).toMatchObject({ s: 'instructions', d: 'definition', u: 'user', t: 'tool', o: 'document', r: 'tool', a: 'assistant' });
  }); // prettier-ignore

  it('keeps names that would be a prototype', () => {
    const body = JSON.parse(`{"metadata":{"__proto__":{"x":"${CANARY}"}}}`) as JsonObject;
    expect(JSON.stringify(hidden(body))).toBe('{"metadata":{"__proto__":{"x":"X"}}}');
  });
});
