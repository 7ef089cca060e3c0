import type { AuditEvent, Header } from '../format/header';
import { callsIn } from './call-view';

const HOUR = 3_600_000;
let made = 0;
const entry = (event: AuditEvent, more: Partial<Header> = {}): Header => ({
  v: 1,
  log: 'test',
  entry_id: `e${++made}`,
  ts: new Date().toISOString(),
  writer: 'w',
  event,
  request_id: 'r',
  tenant: 't',
  actor: 'k',
  ...more,
});
const after = (parent: Header, event: AuditEvent, more: Partial<Header> = {}) =>
  entry(event, { parent: parent.entry_id, ...more });

describe('callsIn', () => {
  it('joins what leaves with how it ended', () => {
    const request = entry('llm.request', { metadata: { stream: true, prompt_characters: 5 }, prompt_hash: 'h' });
    const response = after(request, 'llm.response', {
      outcome: 'answered',
      model: 'fast',
      provider: 'openai',
      model_resolved: 'openai/gpt-4o',
      cost_micros: '1234567',
      metadata: { attempts: 2, max_tokens_set: 256, usage: { input_tokens: 3 } },
    });
    expect(callsIn([request, response], HOUR)).toMatchObject([
      {
        id: request.entry_id,
        status: 'answered',
        model: 'fast',
        provider_model: 'gpt-4o',
        stream: true,
        attempts: 2,
        max_tokens_set: 256,
        cost_usd: '1.234567',
        prompt: { hash: 'h', characters: 5 },
        audit: { request: request.entry_id, response: response.entry_id },
      },
    ]);
  });

  it('tells what a call cost exactly, where its entry does', () => {
    const costs = (cost_picos: string) => {
      const ended = entry('llm.response', { cost_micros: '51', metadata: { cost_picos } });
      return callsIn([ended], HOUR)[0]?.cost_usd;
    };
    expect(costs('51250000')).toBe('0.00005125');
    expect(costs('80000')).toBe('0.00000008');
    expect(costs('nonsense')).toBe('0.000051');
  });

  it('takes a request with a parent for the same call once more', () => {
    const request = entry('llm.request', { prompt_hash: 'h' });
    const repair = after(request, 'llm.request', { prompt_hash: 'other', metadata: { repair: true } });
    expect(callsIn([request, repair], HOUR)).toMatchObject([{ status: 'in_progress', audit: { response: null } }]);
    const response = after(request, 'llm.response', { outcome: 'answered', metadata: { validated: 'repaired' } });
    expect(callsIn([request, repair, response], HOUR)).toMatchObject([
      {
        status: 'answered',
        validated: 'repaired',
        prompt: { hash: 'h' },
        audit: { request: request.entry_id, repair: repair.entry_id, response: response.entry_id },
      },
    ]);
  });

  it('tells calls of one request id apart', () => {
    const [one, two] = [entry('llm.request'), entry('llm.request')];
    const refused = entry('llm.refused', { outcome: 'refused', metadata: { error_code: 'rate_limited' } });
    const calls = callsIn([one, two, after(one, 'llm.response', { outcome: 'answered' }), refused], HOUR);
    expect(calls.map(({ status }) => status)).toEqual(['answered', 'in_progress', 'refused']);
  });

  it('says what became of an answer that came too late, or of a process that died', () => {
    const [one, two] = [entry('llm.request'), entry('llm.request')];
    const response = after(one, 'llm.response', { outcome: 'answered', metadata: { attempts: 1 } });
    const withheld = after(response, 'llm.response', {
      outcome: 'withheld',
      metadata: { error_code: 'audit_unavailable' },
    });
    expect(callsIn([one, two, response, withheld, after(two, 'llm.orphan')], HOUR)).toMatchObject([
      { status: 'withheld', error_code: 'audit_unavailable', attempts: 1 },
      { status: 'outcome_unknown' },
    ]);
  });

  it('does not wait for ever', () => {
    expect(callsIn([entry('llm.request', { ts: '2020-01-01T00:00:00.000Z' })], HOUR)).toMatchObject([
      { status: 'outcome_unknown' },
    ]);
  });

  it('says what was chosen and saved', () => {
    const selection = { level: 'low', by: 'assessed', reasons: ['routine'], asked: 'auto', chosen: 'fast' };
    const saved = [
      { by: 'selection', tokens: 0, picos: '-1234567890123' },
      { by: 'trimming', tokens: 40 },
    ];
    const request = entry('llm.request', { metadata: { selection } });
    const response = after(request, 'llm.response', { outcome: 'answered', metadata: { selection, saved, task: 'a' } });
    expect(callsIn([request, response], HOUR)).toMatchObject([
      {
        task: 'a',
        selection,
        trimmed: null,
        saved: [
          { by: 'selection', tokens: 0, usd: '-1.234568' },
          { by: 'trimming', tokens: 40, usd: null },
        ],
      },
    ]);
    expect(callsIn([request], HOUR)).toMatchObject([{ selection, saved: [] }]);
  });

  it('leaves out what is about something else', () => {
    expect(callsIn([entry('key.create')], HOUR)).toEqual([]);
  });
});
