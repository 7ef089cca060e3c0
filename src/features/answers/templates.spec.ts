import { RE2JS } from 're2js';
import type { ChatRequest, ModelRequest } from '../../contract/request';
import { type Template, Policies } from '../../platform/config/policies';
import { QUESTION } from '../../../test/support/attempt';
import { Templates } from './templates';

const caller = { tenantId: '01890000-0000-7000-8000-000000000000', tenantName: 'Support' };
const hours = { name: 'hours', pattern: String.raw`\b(opening hours|when .* open)\b`, answer: 'From 9 to 18.' };
const user = (text: string): ChatRequest['messages'][number] => ({ role: 'user', parts: [{ type: 'text', text }] });
const asking = (text: string, over: Partial<ChatRequest> = {}): ChatRequest => ({
  ...QUESTION,
  messages: [user(text)],
  ...over,
});
/** Named t0, t1, … @param clock stands still unless it matters */
const templates = (list: readonly Partial<Template>[], clock = () => 0) =>
  new Templates(
    Policies.parse({ templates: list.map((one, i) => ({ ...hours, name: `t${i}`, ...one })) }).templates,
    clock,
  );
const found = (list: readonly Partial<Template>[], request: ModelRequest) =>
  templates(list).match(request, caller)?.name;

describe('Templates', () => {
  it('finds the first one that matches, in any case', () => {
    const list = [{ pattern: 'parking' }, {}, { pattern: 'hours' }];
    expect(found(list, asking('What are your OPENING HOURS?'))).toBe('t1');
    expect(found(list, asking('Hours'))).toBe('t2');
    expect(found(list, asking('reopening hoursglass'))).toBe('t2');
    expect(found(list, asking('Hello'))).toBeUndefined();
    expect(found([], asking('Hours'))).toBeUndefined();
  });

  it('finds one among many as each alone would', () => {
    const list = Array.from({ length: 1_000 }, (_, i) => ({ pattern: `\\bitem ${i}\\b|x{${(i % 50) + 1}}y` }));
    const all = templates(list);
    for (const text of ['item 777', 'ITEM 24 and item 25', 'xxxy', 'nothing'])
      expect(all.match(asking(text), caller)?.name).toBe(
        list.flatMap(({ pattern }, i) =>
          RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).test(text) ? [`t${i}`] : [],
        )[0],
      );
  });

  it('is for the models and tenants it names, or all', () => {
    const ask = asking('opening hours', { model: 'gpt-4o' });
    expect(found([{ models: ['fast'] }, { models: ['gpt-*'] }], ask)).toBe('t1');
    expect(found([{ models: ['gpt-4'] }], ask)).toBeUndefined();
    expect(found([{ tenants: ['other'] }, { tenants: ['sUPPort'] }], ask)).toBe('t1');
    expect(found([{ tenants: [caller.tenantId] }], ask)).toBe('t0');
  });

  it('is matched against what the user said last, the beginning of it', () => {
    const before = [user('opening hours'), { role: 'assistant', parts: [{ type: 'text', text: '9 to 18' }] }] as const;
    expect(found([{}], asking('', { messages: [...before, user('thanks')] }))).toBeUndefined();
    expect(found([{}], asking('', { messages: before }))).toBeUndefined();
    const brief = { role: 'system', parts: [{ type: 'text', text: 'be brief' }] } as const;
    expect(found([{}], asking('', { messages: [user('opening hours'), brief] }))).toBe('t0');
    expect(found([{}], asking(`${' '.repeat(7_900)}opening hours`))).toBe('t0');
    expect(found([{}], asking(`${' '.repeat(8_000)}opening hours`))).toBeUndefined();
  });

  it.each<[string, Partial<ChatRequest>]>([
    ['JSON', { responseFormat: { type: 'json_object' } }],
    ['JSON of a schema', { responseFormat: { type: 'json_schema', schema: {} } }],
    ['a tool call', { toolChoice: { type: 'required' } }],
    ['a call of one tool', { toolChoice: { type: 'tool', name: 't' } }],
    ['a count', { operation: 'count_tokens' }],
  ])('is no answer where %s is needed', (_what, over) => {
    expect(found([{}], asking('opening hours', over))).toBeUndefined();
  });

  it('gives up in time, whatever the patterns', () => {
    let now = 0;
    const list = Array.from({ length: 60 }, (_, i) => ({ pattern: `n${i}z` }));
    const all = templates(list, () => (now += 60));
    expect(all.match(asking('n0z'), caller)?.name).toBe('t0');
    expect(all.match(asking('n59z'), caller)).toBeUndefined();
  });

  it('is linear in the text', () => {
    const started = performance.now();
    expect(found([{ pattern: '(x+x+)+y' }], asking('x'.repeat(8_000)))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
