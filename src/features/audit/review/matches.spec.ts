import type { Header } from '../format/header';
import type { EntryFilter } from '../log/search-sql';
import { matches } from './matches';

const header: Header = {
  v: 1,
  log: 'l',
  entry_id: 'e',
  ts: '2026-03-01T12:00:00.000Z',
  writer: 'w',
  event: 'llm.response',
  tenant: 't',
  actor: 'k',
  user_id: 's_1',
  session: 'x',
  model: 'fast',
  model_resolved: 'openai/gpt',
  provider: 'openai',
  outcome: 'answered',
  cost_micros: '1500',
  compliance_flags: ['a', 'b'],
  request_id: 'r',
};
const noon = new Date(header.ts);

describe('matches', () => {
  it.each<EntryFilter>([
    {},
    { from: noon },
    { event: 'llm.*' },
    { event: 'llm.response' },
    { model: 'fast' },
    { model: 'openai/gpt' },
    { flag: 'b' },
    { minCostMicros: 1_500, maxCostMicros: 1_500 },
    { tenant: 't', userId: 's_1', session: 'x', actor: 'k', provider: 'openai', outcome: 'answered', requestId: 'r' },
  ])('takes %j', (filter) => expect(matches(filter, header)).toBe(true));

  it.each<EntryFilter>([
    { to: noon },
    { from: new Date(noon.getTime() + 1) },
    { event: 'llm.request' },
    { event: 'audit.*' },
    { model: 'gpt' },
    { flag: 'c' },
    { minCostMicros: 1_501 },
    { maxCostMicros: 1_499 },
    { tenant: 'u' },
    { userId: 's_2' },
    { session: 'y' },
    { actor: 'm' },
    { provider: 'p' },
    { outcome: 'failed' },
    { requestId: 'q' },
  ])('leaves %j', (filter) => expect(matches(filter, header)).toBe(false));

  it('takes nothing without a price for free', () => {
    const { cost_micros: _, ...free } = header;
    expect(matches({ maxCostMicros: 0 }, free)).toBe(false);
  });
});
