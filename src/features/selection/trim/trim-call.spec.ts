import type { Sendable } from '../../../contract/call';
import type { JsonObject } from '../../../contract/json';
import type { ChatRequest } from '../../../contract/request';
import type { Dialect } from '../../../contract/wire';
import { Selection } from '../../../platform/config/selection';
import { decodeBody as decode } from '../decode-body';
import { trimCall } from './trim-call';

const form = (dialect: Dialect, body: JsonObject): Sendable => {
  const wire = { dialect, body: { model: 'auto', ...body }, headers: {} };
  return { request: { ...decode(wire), model: 'fast' }, wire };
};
type Trim = Partial<Selection['trim']>;
const trim = (dialect: Dialect, body: JsonObject, policy: Trim) =>
  trimCall(form(dialect, body), { ...Selection.parse({}).trim, ...policy }, decode);
const chat = (messages: readonly JsonObject[], policy: Trim) => trim('openai-chat', { messages }, policy);
const messagesOf = (trimmed: ReturnType<typeof trim>) =>
  trimmed?.form.wire.body['messages'] as readonly JsonObject[] | undefined;
const talk = (turns: number, more: Record<number, readonly JsonObject[]> = {}) =>
  Array.from({ length: turns }, (_, i) => [
    { role: 'user', content: `q${i}` },
    ...(more[i] ?? []),
    { role: 'assistant', content: `a${i}` },
  ])
    .flat()
    .slice(0, -1);
const firstWords = (messages: readonly JsonObject[] | undefined) =>
  messages?.map(({ content }) => String(content as string)).join(' ');
const DOCUMENT = `Annual report. ${'Revenue rose and costs fell. '.repeat(10).trim()}`;

describe('trimCall', () => {
  it('leaves a call alone where nothing may or need be left out', () => {
    expect(chat(talk(30), {})).toBeUndefined();
    expect(chat(talk(3), { whitespace: true, duplicates: true, turns: 5, tokens: 5_000 })).toBeUndefined();
    expect(trim('openai-embeddings', { input: 'a  b' }, { whitespace: true })).toBeUndefined();
  });

  describe('whitespace', () => {
    const spaced = 'One.  Two. \n\n\n\nThree.';
    const tidy = 'One. Two.\n\nThree.';
    it.each<[Dialect, JsonObject, JsonObject]>([
      ['openai-chat', { messages: [{ role: 'system', content: spaced }, { role: 'user', content: spaced }] }, { messages: [{ role: 'system', content: tidy }, { role: 'user', content: tidy }] }],
      ['openai-responses', { instructions: spaced, input: spaced }, { instructions: tidy, input: [{ role: 'user', content: tidy }] }],
      ['openai-responses', { input: [{ role: 'user', content: [{ type: 'input_text', text: spaced }] }] }, { input: [{ role: 'user', content: [{ type: 'input_text', text: tidy }] }] }],
      ['anthropic-messages', { max_tokens: 9, system: spaced, messages: [{ role: 'user', content: [{ type: 'text', text: spaced }] }] }, { system: tidy, messages: [{ role: 'user', content: [{ type: 'text', text: tidy }] }] }],
    ])('is left out of what people wrote, in the body and in the vocabulary: %s', (dialect, body, expected) => {
      const trimmed = trim(dialect, body, { whitespace: true });
      expect(trimmed?.form.wire.body).toMatchObject(expected);
      expect(JSON.stringify(trimmed?.form.request)).not.toContain('  ');
      expect(trimmed?.form.request.model).toBe('fast');
      expect(trimmed?.facts).toMatchObject({ turns: 0, duplicates: 0 });
    }); // prettier-ignore

    it('stays in what models said, in results and arguments of tools, and in schemas', () => {
      const messages: readonly JsonObject[] = [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: spaced, tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":  "x  y"}' } }] },
        { role: 'tool', tool_call_id: 'c', content: spaced },
        { role: 'user', content: spaced },
      ]; // prettier-ignore
      const trimmed = messagesOf(chat(messages, { whitespace: true }));
      expect(trimmed?.slice(0, 3)).toEqual(messages.slice(0, 3));
      expect(trimmed?.[3]?.['content']).toBe(tidy);
    });
  });

  describe('duplicates', () => {
    it('are left out of earlier messages of the user; the newest stays', () => {
      const messages: readonly JsonObject[] = [
        { role: 'user', content: `${DOCUMENT}\n\nWhat is it about?` },
        { role: 'assistant', content: DOCUMENT },
        {
          role: 'user',
          content: [
            { type: 'text', text: DOCUMENT },
            { type: 'text', text: 'And who wrote it?' },
          ],
        },
        { role: 'assistant', content: 'Nobody.' },
        { role: 'user', content: `Read this:\n\n${DOCUMENT}` },
      ];
      const trimmed = chat(messages, { duplicates: true });
      expect(messagesOf(trimmed)).toEqual([
        { role: 'user', content: 'What is it about?' },
        messages[1],
        { role: 'user', content: [{ type: 'text', text: 'And who wrote it?' }] },
        messages[3],
        messages[4],
      ]);
      expect(trimmed?.facts.duplicates).toBe(2);
      expect(trimmed?.facts.tokens).toBeGreaterThan(100);
    });

    it('stay where nothing else would be left, in instructions, in results of tools, and when they are short or differ at all', () => {
      const same = (role: string, more: JsonObject = {}) => [{ role, content: DOCUMENT, ...more }, { role: 'user', content: 'q' }];
      expect(chat([...same('user'), ...same('user')], { duplicates: true })).toBeUndefined();
      expect(chat([...same('system'), ...same('system')], { duplicates: true })).toBeUndefined();
      const call = { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] };
      const tool: readonly JsonObject[] = [{ role: 'user', content: 'q' }, call, { role: 'tool', tool_call_id: 'c', content: DOCUMENT }];
      expect(chat([...tool, ...tool], { duplicates: true })).toBeUndefined();
      const twice = (one: string, two: string) => [{ role: 'user', content: `${one}\n\nq` }, { role: 'user', content: `${two}\n\nr` }];
      expect(chat(twice('short', 'short'), { duplicates: true })).toBeUndefined();
      expect(chat(twice(DOCUMENT, `${DOCUMENT} `.toUpperCase()), { duplicates: true })).toBeUndefined();
      expect(chat(twice(DOCUMENT, DOCUMENT), { duplicates: true })?.facts.duplicates).toBe(1);
    }); // prettier-ignore

    it('are images and documents too', () => {
      const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(400)}` } };
      const asked = (text: string) => ({ role: 'user', content: [image, { type: 'text', text }] });
      const trimmed = chat([asked('what?'), { role: 'assistant', content: 'a cat' }, asked('sure?')], { duplicates: true });
      expect(messagesOf(trimmed)?.[0]).toEqual({ role: 'user', content: [{ type: 'text', text: 'what?' }] });
      expect(trimmed?.facts.tokens).toBe(800);
    }); // prettier-ignore
  });

  describe('the window', () => {
    it('keeps instructions and the last turns, and moves in steps', () => {
      const system = { role: 'system', content: 's' };
      const kept = (turns: number) => firstWords(messagesOf(chat([system, ...talk(turns)], { turns: 8, step: 3 })));
      expect(kept(8)).toBeUndefined();
      expect(kept(9)).toBe('s q3 a3 q4 a4 q5 a5 q6 a6 q7 a7 q8');
      expect(kept(11)).toMatch(/^s q3 .* q10$/);
      expect(kept(12)).toMatch(/^s q6 .* q11$/);
    });

    it('keeps roughly so many tokens, and the question whatever its length', () => {
      const long = (i: number) => ({ role: 'user', content: `q${i} ${'word '.repeat(400)}` });
      const messages: readonly JsonObject[] = [long(0), { role: 'assistant', content: 'a' }, long(1), { role: 'assistant', content: 'b' }, long(2)];
      const kept = (tokens: number) => messagesOf(chat(messages, { tokens, step: 1 }))?.length;
      expect(kept(5_000)).toBeUndefined();
      expect(kept(1_200)).toBe(3);
      expect(kept(1)).toBe(1);
    }); // prettier-ignore

    it('never parts a call of a tool from its result', () => {
      const call = (id: string) => ({ role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }] });
      const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'r' });
      const straddling: readonly JsonObject[] = [{ role: 'user', content: 'q0' }, call('x'), { role: 'user', content: 'q1' }, result('x'), { role: 'user', content: 'q2' }];
      // from q1 on would begin with a result without its call
      expect(firstWords(messagesOf(chat(straddling, { turns: 2, step: 1 })))).toBeUndefined();
      const agent = talk(4, { 3: [call('y'), result('y'), call('z'), result('z')] });
      expect(messagesOf(chat(agent, { turns: 1 }))?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'tool']);
    }); // prettier-ignore

    it('takes an answer to a tool in Anthropic’s dialect for no turn', () => {
      const messages: readonly JsonObject[] = [
        { role: 'user', content: 'q0' },
        { role: 'assistant', content: 'a0' },
        { role: 'user', content: 'q1' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'r' }, { type: 'text', text: 'go on' }] },
      ]; // prettier-ignore
      const trimmed = trim('anthropic-messages', { max_tokens: 9, messages }, { turns: 1 });
      expect(messagesOf(trimmed)).toEqual(messages.slice(2));
    });

    it('leaves out nothing whose meaning is not known', () => {
      const compacted = { type: 'compaction', encrypted_content: 'x' };
      const input = [compacted, ...talk(9)];
      expect(trim('openai-responses', { input }, { turns: 2 })).toBeUndefined();
    });
  });

  describe('what a provider is told to cache', () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const spaced = 'One.  Two.';
    const messages = (marked: number) =>
      Array.from({ length: 5 }, (_, i) => ({
        role: i % 2 ? 'assistant' : 'user',
        content: [{ type: 'text', text: `${DOCUMENT}\n\n${spaced} ${i}`, ...(i === marked && mark) }],
      }));
    const all: Trim = { whitespace: true, duplicates: true, turns: 1 };

    it('stays byte for byte up to the mark', () => {
      const before = messages(2);
      const trimmed = messagesOf(trim('anthropic-messages', { max_tokens: 9, system: spaced, messages: before }, all));
      expect(trimmed?.slice(0, 3)).toEqual(before.slice(0, 3));
      expect(JSON.stringify(trimmed?.[4])).toContain('One. Two.');
    });

    it('is all of it where the mark is at its end, or on the whole request', () => {
      expect(trim('anthropic-messages', { max_tokens: 9, messages: messages(4) }, all)).toBeUndefined();
      expect(trim('anthropic-messages', { max_tokens: 9, messages: messages(9), ...mark }, all)).toBeUndefined();
    });

    it('may be the instructions alone', () => {
      const system = [{ type: 'text', text: spaced, ...mark }];
      const trimmed = trim('anthropic-messages', { max_tokens: 9, system, messages: messages(9) }, all);
      expect(trimmed?.form.wire.body['system']).toEqual(system);
      expect(messagesOf(trimmed)).toHaveLength(1);
      const first = { role: 'system', content: [{ type: 'text', text: spaced, ...mark }] };
      expect(messagesOf(chat([first, ...messages(9)], all))?.[0]).toEqual(first);
    });
  });

  it('shortens a call that was made here as well', () => {
    const text = (said: string) => [{ type: 'text' as const, text: said }];
    const request: ChatRequest = {
      operation: 'chat', model: 'm', stream: false, tools: [], hints: [], extras: [],
      messages: [
        { role: 'user', parts: [...text(DOCUMENT), ...text('One.  Two.')] },
        { role: 'user', parts: text(DOCUMENT) },
      ],
    }; // prettier-ignore
    const wire = { dialect: 'internal' as const, body: {}, headers: {} };
    const trimmed = trimCall({ request, wire }, { ...Selection.parse({}).trim, whitespace: true, duplicates: true }, decode);
    expect(trimmed?.form).toEqual({
      request: { ...request, messages: [{ role: 'user', parts: text('One. Two.') }, request.messages[1]] },
      wire,
    });
  }); // prettier-ignore
});
