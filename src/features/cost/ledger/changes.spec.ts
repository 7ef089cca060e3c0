import { spendRow } from '../../../../test/support/spend';
import { NO_USAGE } from '../../../contract/reply';
import { changesOf } from './changes';
import { dayDeltas, totalDeltas } from './deltas';
import type { LedgerRow } from './ledger-row';

const real = spendRow({ index: 5 });
const unknown = spendRow({ ...real, index: 3, outcome: 'unknown', cost: 300n });
const withheld = { ...spendRow({ ...real, index: 6, outcome: 'withheld', cost: 0n }), amends: true };
const known = (...rows: LedgerRow[]) => new Map(rows.map((row) => [row.callId, row]));

describe('what new rows change', () => {
  it('is to be there, once', () => {
    expect(changesOf([real, real], known())).toEqual([{ after: real }]);
    expect(changesOf([real], known(real))).toEqual([]);
  });

  it('is that an unknown end becomes known', () => {
    expect(changesOf([real], known(unknown))).toEqual([{ before: unknown, after: real }]);
    expect(changesOf([unknown, real], known())).toEqual([{ after: real }]);
  });

  it('is never that a known end becomes unknown, nor another one', () => {
    expect(changesOf([{ ...unknown, index: 9 }], known(real))).toEqual([]);
    expect(changesOf([{ ...real, index: 9, cost: 5n }], known(real))).toEqual([]);
  });

  it('is how a call ended after all, and not what it cost', () => {
    expect(changesOf([withheld], known(real))).toEqual([{ before: real, after: { ...real, outcome: 'withheld' } }]);
  });

  it('is nothing where only the use is unknown: what was assumed of it stands until somebody tells', () => {
    expect(changesOf([withheld], known(unknown))).toEqual([]);
    expect(changesOf([withheld, { ...real, index: 7 }], known(unknown))).toEqual([
      { before: unknown, after: { ...real, index: 7 } },
    ]);
  });

  it('is nothing where nobody was asked', () => {
    expect(changesOf([withheld], known())).toEqual([]);
  });
});

describe('sums', () => {
  it('change by the difference', () => {
    const [change] = changesOf([real], known(unknown));
    expect(totalDeltas(change ? [change] : []).map(({ scope, name, picos }) => [scope, name, picos])).toEqual([
      ['tenant', '', 700n],
      ['key', real.keyId, 700n],
    ]);
    expect(dayDeltas(change ? [change] : [], false)).toMatchObject([
      { day: '2026-11-20', measures: { requests: 0n, unknown: -1n, cost_picos: 700n } },
    ]);
  });

  it('have no request of a call that nobody was asked for', () => {
    const failed = spendRow({ outcome: 'failed', asked: false, usage: NO_USAGE, cost: 0n });
    expect(dayDeltas([{ after: failed }], false)).toEqual([]);
  });

  it('are of the hour, the person and each tag', () => {
    const at = Date.UTC(2026, 10, 20, 23, 59, 59, 999);
    const row = spendRow({ at, userRef: 's_1', tags: ['a', 'b'] });
    const found = totalDeltas([{ after: row }, { after: spendRow({ at }) }]);
    expect(new Set(found.map(({ hour }) => hour))).toEqual(new Set(['2026-11-20T23:00:00.000Z']));
    expect(found.map(({ scope, name, picos }) => `${scope} ${name} ${picos}`)).toEqual([
      'tenant  2000',
      `key ${row.keyId} 2000`,
      'user s_1 1000',
      'tag a 1000',
      'tag b 1000',
    ]);
  });

  it('move when the model becomes known', () => {
    const lost = { ...unknown, provider: undefined, providerModel: undefined };
    const days = dayDeltas([{ before: lost, after: real }], true);
    expect(days.map(({ model, measures: { requests, input_tokens } }) => [model, requests, input_tokens])).toEqual([
      ['fast', -1n, -100n],
      ['gpt-4o-mini', 1n, 100n],
    ]);
  });

  it('tell what was saved from what was spent', () => {
    const hit = spendRow({ reused: true, usage: NO_USAGE, cost: 0n, saved: 900n, cache: 'hit' });
    const [day] = dayDeltas([{ after: hit }], false);
    expect(day?.measures).toMatchObject({
      requests: 1n,
      cache_hits: 1n,
      input_tokens: 0n,
      cost_picos: 0n,
      saved_picos: 900n,
    });
  });

  it('say of how many calls the cost is not known', () => {
    const [day] = dayDeltas([{ after: spendRow({ cost: undefined }) }, { after: spendRow() }], false);
    expect(day?.measures).toMatchObject({ requests: 2n, unpriced: 1n, cost_picos: 1_000n });
    expect(totalDeltas([{ after: spendRow({ cost: undefined }) }])).toEqual([]);
  });
});
