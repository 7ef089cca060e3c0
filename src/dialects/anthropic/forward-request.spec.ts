import type { JsonObject } from '../../contract/json';
import type { Target } from '../codec';
import { anthropicCount, anthropicMessages } from './index';

const ASK = { model: 'fast', max_tokens: 9_000, messages: [{ role: 'user', content: 'x' }] };
const forward = (fields: JsonObject, target: Partial<Target> = {}, codec = anthropicMessages) => {
  const body = { ...ASK, ...fields };
  const before = structuredClone(body);
  const { body: sent, dropped } = codec.forwardRequest(body, { model: 'claude', ...target }, codec.decodeRequest(body));
  expect(body).toStrictEqual(before);
  return { sent, dropped };
};
const FORMAT = { type: 'json_schema', schema: { type: 'object' } } as const;
const SETTINGS = { temperature: 0.5, top_k: 5, stop_sequences: ['.'], brand_new: { a: 1 } };

describe.each([
  ['messages', anthropicMessages],
  ['counts', anthropicCount],
])('forwardRequest of %s', (_name, codec) => {
  it('replaces the name of the model and nothing else', () => {
    const body = { ...ASK, ...SETTINGS, thinking: { type: 'enabled', budget_tokens: 2_048, display: 'omitted' } };
    const { gatehouse: _ours, ...sent } = { ...body, gatehouse: { cache: 'no-store' } };
    for (const target of [{}, { named: true, sampling: false, thinks: 'adaptive', maxOutputTokens: 1 } as const])
      expect(forward({ ...body, gatehouse: { cache: 'no-store' } }, target, codec)).toStrictEqual({
        sent: { ...sent, model: 'claude' },
        dropped: [],
      });
  });

  it('says to a model that the caller did not name only what that is declared to take', () => {
    expect(forward(SETTINGS, { sampling: false, stop: false, maxOutputTokens: 1_000 }, codec)).toEqual({
      sent: { ...ASK, model: 'claude', max_tokens: 1_000, brand_new: { a: 1 } },
      dropped: ['temperature', 'top_k', 'stop'],
    });
  });

  it('says temperature or top_p, not both, to a model that the caller did not name', () => {
    const both = { temperature: 0.5, top_p: 0.9 };
    expect(forward(both, {}, codec)).toEqual({
      sent: { ...ASK, model: 'claude', temperature: 0.5 },
      dropped: ['top_p'],
    });
    expect(forward({ top_p: 0.9, temperature: null }, {}, codec).sent.top_p).toBe(0.9);
    expect(forward(both, { named: true }, codec).sent).toMatchObject(both);
  });

  it.each([
    [
      'a budget to one that thinks as it sees fit',
      { thinking: { type: 'enabled', budget_tokens: 2_048, display: 'omitted' } },
      'adaptive',
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'low' } },
      [],
    ],
    [
      'effort to one that thinks within a budget',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low', format: FORMAT } },
      'budget',
      { thinking: { type: 'enabled', budget_tokens: 2_048 }, output_config: { format: FORMAT } },
      [],
    ],
    ['thinking to one that does not think', { thinking: { type: 'adaptive' } }, false, {}, ['thinking']],
    ['effort alone', { output_config: { effort: 'high' } }, 'budget', {}, ['output_config.effort']],
    ['that it should not think', { thinking: { type: 'disabled' } }, 'budget', { thinking: { type: 'disabled' } }, []],
  ] as const)('spells %s', (_what, fields, thinks, expected, dropped) => {
    expect(forward(fields, { thinks }, codec)).toEqual({ sent: { ...ASK, model: 'claude', ...expected }, dropped });
  });

  it('does not ask for thoughts within a budget where tools were called without one', () => {
    const call = { type: 'tool_use', id: 't', name: 'f', input: {} };
    const results = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: '1' }] };
    const after = (...content: JsonObject[]) => ({
      messages: [...ASK.messages, { role: 'assistant', content }, results],
      thinking: { type: 'enabled', budget_tokens: 2_048 },
    });
    const thought = { type: 'thinking', thinking: 't', signature: 's' };
    for (const content of [
      [call],
      [{ ...thought, signature: '' }, call],
      [{ type: 'text', text: 'so' }, thought, call],
    ]) {
      const { sent, dropped } = forward(after(...content), {}, codec);
      expect(sent).not.toHaveProperty('thinking');
      expect(dropped).toEqual(['thinking']);
      expect(forward(after(...content), { thinks: 'adaptive' }, codec).sent.thinking).toEqual({ type: 'adaptive' });
      expect(forward(after(...content), { named: true }, codec).sent.thinking).toEqual(after().thinking);
    }
    for (const first of [thought, { type: 'redacted_thinking', data: 'd' }])
      expect(forward(after(first, call), {}, codec).sent.thinking).toEqual(after().thinking);
    const answered = { messages: [...after(call).messages, { role: 'assistant', content: 'a' }, ...ASK.messages] };
    expect(forward({ ...after(), ...answered }, {}, codec).sent.thinking).toEqual(after().thinking);
  });

  it('leaves out thoughts that nobody vouches for, whoever named the model', () => {
    const thought = { type: 'thinking', thinking: 't', signature: 's' };
    const said = { type: 'text', text: 'a' };
    const unsigned = [
      { ...thought, signature: '' },
      { type: 'thinking', thinking: 't' },
    ];
    const messages = [
      ...ASK.messages,
      { role: 'assistant', content: [...unsigned, thought, said] },
      { role: 'user', content: 'and?' },
      { role: 'assistant', content: unsigned },
      { role: 'user', content: 'go on' },
    ];
    for (const named of [true, false])
      expect(forward({ messages }, { named }, codec)).toEqual({
        sent: {
          ...ASK,
          model: 'claude',
          messages: [messages[0], { role: 'assistant', content: [thought, said] }, messages[2], messages[4]],
        },
        dropped: ['thinking'],
      });
  });
});
