import { NO_MEASURES as NONE } from '../../features/cost/ledger/measures';
import type { Charge } from '../../features/cost';
import { chargebackCsv, usageCsv, usageView } from './usage-views';

describe('usage as it is shown', () => {
  it('names what it is grouped by, and nothing where there is none', () => {
    const row = { groups: ['openai', ''], measures: { ...NONE, requests: 3n, estimated: 1n, cost_picos: 1_234_567n } };
    expect(usageView(['provider', 'tag'], row, { count: 3, mean: 1 / 3 })).toMatchObject({
      provider: 'openai',
      tag: null,
      requests: 3,
      cost_usd: '0.000001234567',
      estimated_share: 0.3333,
      feedback_count: 3,
      feedback_score: 0.3333,
    });
  });

  it('has the same columns in every line of a CSV', async () => {
    const text = await usageCsv(['tag'], [{ groups: ['=evil()'], measures: NONE }], new Map());
    const lines = text.trimEnd().split('\r\n');
    expect(lines[0]).toBe(
      'tag,requests,cache_hits,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,thinking_tokens,cost_usd,saved_usd,estimated_requests,estimated_share,unpriced,unknown_outcome,feedback_count,feedback_score',
    );
    expect(lines[1]).toBe(`'=evil(),0,0,0,0,0,0,0,0.000000,0.000000,0,0,0,0,0,`);
  });

  it('charges each tenant with the sum of its lines, and all with the sum of the tenants', async () => {
    const charge = (tenant: string, key: string, cost_picos: bigint): Charge => ({
      tenant,
      key,
      tags: ['a', 'b'],
      measures: { ...NONE, requests: 1n, cost_picos },
    });
    const names = { tenants: new Map([['t1', '@acme']]), keys: new Map([['k1', 'app']]) };
    const charges = [charge('t1', 'k1', 1_000_000n), charge('t1', 'k2', 2_000_000n), charge('t2', 'k3', 4_000_000n)];
    const lines = (await chargebackCsv('2026-11', charges, names)).trimEnd().split('\r\n').slice(1);
    const told = lines.map((line) => line.split(','));
    expect(told.map((cells) => [cells[1], cells[3], cells[5], cells[6], cells[14]])).toEqual([
      ['detail', "'@acme", 'app', 'a;b', '0.000001'],
      ['detail', "'@acme", '', 'a;b', '0.000002'],
      ['tenant_total', "'@acme", '', '', '0.000003'],
      ['detail', '', '', 'a;b', '0.000004'],
      ['tenant_total', '', '', '', '0.000004'],
      ['total', '', '', '', '0.000007'],
    ]);
  });

  it('charges nobody with nothing', async () => {
    expect(await chargebackCsv('2026-11', [], { tenants: new Map(), keys: new Map() })).toContain('total,,,,,,0,');
  });
});
