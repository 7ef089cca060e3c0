import type { JsonObject } from '../../contract/json';
import type { Target } from '../codec';
import { decodeRequest } from './decode-request';
import { forwardRequest } from './forward-request';
import { seal } from './seal';

const ASK = { model: 'alias', input: 'hi' };
const forward = (fields: JsonObject, target: Partial<Target> = {}) => {
  const body = { ...ASK, ...fields };
  const before = structuredClone(body);
  const { body: sent, dropped } = forwardRequest(body, { model: 'gpt-x', ...target }, decodeRequest(body));
  expect(body).toEqual(before);
  return { sent, dropped };
};

it('replaces the model, keeps nothing stored and loses nothing else', () => {
  expect(forward({ gatehouse: { cache: 'refresh' }, unknown: [1], temperature: null })).toEqual({
    sent: { model: 'gpt-x', input: 'hi', unknown: [1], temperature: null, store: false },
    dropped: [],
  });
});

it('keeps thoughts of the vendor and leaves out those of others, and those that were not told', () => {
  const own = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAABo' };
  const foreign = { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: seal({ signature: 's' }) };
  const untold = { type: 'reasoning', id: 'rs_3', summary: [{ type: 'summary_text', text: 's' }] };
  const question = { role: 'user', content: 'q' };
  const { sent, dropped } = forward({ input: [question, foreign, untold, own] }, { named: true });
  expect(sent.input).toEqual([question, own]);
  expect(dropped).toEqual(['thinking']);
  const nulled = { ...untold, encrypted_content: null };
  expect(forward({ input: [question, nulled] }).sent.input).toEqual([question]);
});

describe('to a model that is declared to take less', () => {
  const settings = {
    max_output_tokens: 5_000,
    temperature: 0.2,
    reasoning: { effort: 'max', summary: 'auto' },
    include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
    service_tier: 'flex',
  };
  const target = { sampling: false, thinks: false, maxOutputTokens: 1_000 };

  it('says only what it takes', () => {
    expect(forward(settings, target)).toEqual({
      sent: {
        ...ASK,
        model: 'gpt-x',
        max_output_tokens: 1_000,
        include: ['message.output_text.logprobs'],
        service_tier: 'flex',
        store: false,
      },
      dropped: ['temperature', 'thinking'],
    });
  });

  it('spells effort as it spells that of other dialects', () => {
    expect(forward(settings).sent.reasoning).toEqual({ effort: 'xhigh', summary: 'auto' });
    expect(forward({ reasoning: { effort: 'none' } }).sent.reasoning).toEqual({});
  });

  it('says everything where the caller named the model', () => {
    expect(forward(settings, { ...target, named: true })).toEqual({
      sent: { ...ASK, ...settings, model: 'gpt-x', store: false },
      dropped: [],
    });
  });
});
