import { spendRow } from '../../../../test/support/spend';
import { NO_USAGE, type Usage } from '../../../contract/reply';
import { priceOf, repriced } from './price-call';

const AT = Date.UTC(2026, 10, 20);
const USAGE = { ...NO_USAGE, inputTokens: 3, outputTokens: 2 };
/** Knows one model, at ten picodollars a token. */
const PRICES = {
  version: 'v7',
  cost: (target: string, usage: Usage, atMs: number) =>
    target === 'openai/gpt' && atMs === AT ? 10n * BigInt(usage.inputTokens + usage.outputTokens) : undefined,
};
const call = {
  provider: 'openai',
  providerModel: 'gpt',
  usage: USAGE,
  wasted: [],
  spared: undefined,
  at: AT,
  batch: false,
};

it.each([
  ['used has its price', call, { cost: 50n, saved: 0n, priceVersion: 'v7' }],
  [
    'was paid for before cost nothing and saved its price',
    { ...call, usage: NO_USAGE, spared: USAGE },
    { cost: 0n, saved: 50n, priceVersion: 'v7' },
  ],
  [
    'model has no price is not free',
    { ...call, providerModel: 'new' },
    { cost: undefined, saved: 0n, priceVersion: undefined },
  ],
  [
    'went nobody knows where is not free',
    { ...call, provider: undefined },
    { cost: undefined, saved: 0n, priceVersion: undefined },
  ],
  [
    'used nothing is free whoever was asked',
    { ...call, providerModel: 'new', usage: NO_USAGE },
    { cost: 0n, saved: 0n, priceVersion: undefined },
  ],
  [
    'was paid for before, at an unknown price, cost nothing',
    { ...call, providerModel: 'new', usage: NO_USAGE, spared: USAGE },
    { cost: 0n, saved: 0n, priceVersion: undefined },
  ],
])('a call whose answer or %s', (_, priced, expected) => {
  expect(priceOf(priced, PRICES)).toEqual(expected);
});

it('is priced as a batch when it was asked in one', () => {
  const cost = (_target: string, _usage: Usage, _at: number, { batch }: { batch?: boolean } = {}) => (batch ? 1n : 2n);
  const half = { version: 'v7', cost };
  expect([true, false].map((batch) => priceOf({ ...call, batch }, half).cost)).toEqual([1n, 2n]);
});

it('tells what of it was wasted, and on whom', () => {
  const wasted = [{ target: 'anthropic/claude', usage: USAGE }];
  const cost = jest.fn(() => 7n);
  expect(priceOf({ ...call, wasted }, { version: 'v7', cost }).cost).toBe(7n);
  expect(cost).toHaveBeenCalledWith('openai/gpt', USAGE, AT, { batch: false, wasted });
});

const prices = (cost: bigint | undefined) => ({ version: 'v9', cost: () => cost });

describe('a row that is priced again', () => {
  it('has the new cost, and says by which prices', () => {
    expect(repriced(spendRow({ cost: undefined }), prices(7n))).toMatchObject({ cost: 7n, priceVersion: 'v9' });
  });

  it('that was answered from the cache has saved something else', () => {
    expect(repriced(spendRow({ usage: NO_USAGE, spared: USAGE, cost: 0n, saved: 5n }), prices(7n))).toMatchObject({
      cost: 0n,
      saved: 7n,
    });
  });

  it.each([
    ['its cost is the same', spendRow({ cost: 7n }), 7n],
    ['its model has no price any more', spendRow({ cost: 7n }), undefined],
    ['nobody knows what was used', spendRow({ cost: undefined, usage: NO_USAGE }), 7n],
  ])('stays as it is when %s', (_, row, cost) => {
    expect(repriced(row, prices(cost))).toBe(row);
  });
});
