import type { JsonObject } from '../../contract/json';
import type { Target } from '../codec';
import { decodeRequest } from './decode-request';
import { forwardCompatible, forwardRequest } from './forward-request';

const ASK = { model: 'alias', messages: [{ role: 'user', content: 'hi' }] };
const forward = (fields: JsonObject, target: Partial<Target> = {}, how = forwardRequest) => {
  const body = { ...ASK, ...fields };
  const before = structuredClone(body);
  const forwarded = how(body, { model: 'gpt-x', ...target }, decodeRequest(body));
  expect(body).toStrictEqual(before);
  const { model, messages: _same, ...sent } = forwarded.body;
  expect(model).toBe('gpt-x');
  return { sent, dropped: forwarded.dropped };
};
const SETTINGS = {
  max_tokens: 100,
  temperature: 0.2,
  top_k: 5,
  presence_penalty: 1,
  stop: ['.'],
  reasoning_effort: 'max',
  service_tier: 'flex',
};

describe.each([
  ['forwardRequest', forwardRequest],
  ['forwardCompatible', forwardCompatible],
])('%s', (_name, how) => {
  it('changes the model, asks for usage and takes our own options out', () => {
    const fields = {
      stream: true,
      stream_options: { include_obfuscation: false, include_usage: false },
      logit_bias: { a: 1 },
      gatehouse: { tags: ['x'] },
    };
    expect(forward(fields, {}, how)).toStrictEqual({
      sent: {
        stream: true,
        stream_options: { include_obfuscation: false, include_usage: true },
        logit_bias: { a: 1 },
      },
      dropped: [],
    });
  });

  it('leaves a body that does not stream alone', () => {
    const fields = { stream: null, unknown: 1, temperature: null };
    expect(forward(fields, { sampling: false }, how)).toStrictEqual({ sent: fields, dropped: [] });
  });

  it('takes a caller that named the model at its word', () => {
    const target = { named: true, sampling: false, stop: false, thinks: false, maxOutputTokens: 10 };
    expect(forward(SETTINGS, target, how)).toStrictEqual({ sent: SETTINGS, dropped: [] });
  });

  it('says to any other model only what that is declared to take', () => {
    const target = { sampling: false, stop: false, thinks: false, maxOutputTokens: 10 };
    const { sent, dropped } = forward(SETTINGS, target, how);
    expect(sent).toStrictEqual({
      [how === forwardRequest ? 'max_completion_tokens' : 'max_tokens']: 10,
      service_tier: 'flex',
    });
    expect(dropped).toEqual(['temperature', 'top_k', 'presence_penalty', 'stop', 'thinking']);
  });

  it('spells effort as it spells that of other dialects', () => {
    expect(forward({ reasoning_effort: 'max' }, {}, how).sent).toEqual({ reasoning_effort: 'xhigh' });
    expect(forward({ reasoning_effort: 'none' }, {}, how).sent).toEqual({});
  });
});

describe('what only OpenAI’s models are told otherwise', () => {
  it('is the newer name of the limit', () => {
    expect(forward({ max_tokens: 5 }).sent).toEqual({ max_completion_tokens: 5 });
    expect(forward({ max_tokens: null, max_completion_tokens: 5 }).sent).toEqual({ max_completion_tokens: 5 });
    expect(forward({ max_tokens: 5 }, {}, forwardCompatible).sent).toEqual({ max_tokens: 5 });
  });

  it('is an option that they never knew', () => {
    expect(forward({ top_k: 5 })).toEqual({ sent: {}, dropped: ['top_k'] });
    expect(forward({ top_k: 5 }, {}, forwardCompatible)).toEqual({ sent: { top_k: 5 }, dropped: [] });
  });
});

describe('thoughts that clients send back', () => {
  const messages: JsonObject[] = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'a', reasoning_content: 't' },
  ];
  const body: JsonObject = { model: 'm', messages };

  it('do not go to OpenAI, whoever named the model', () => {
    for (const named of [true, false])
      expect(forwardRequest(body, { model: 'gpt-x', named }, decodeRequest(body))).toEqual({
        body: { model: 'gpt-x', messages: [messages[0], { role: 'assistant', content: 'a' }] },
        dropped: ['thinking'],
      });
  });

  it('go to servers that may have thought them', () => {
    expect(forwardCompatible(body, { model: 'qwen' }, decodeRequest(body))).toEqual({
      body: { ...body, model: 'qwen' },
      dropped: [],
    });
  });
});
