import fc from 'fast-check';
import { addUsage } from '../../../contract/add-usage';
import { picosOfUsd } from '../../../contract/money';
import { NO_USAGE, type Usage } from '../../../contract/reply';
import { Prices } from '../../../platform/config/prices';
import { PriceBook, type CostOptions } from './price-book';
import { tariffFor } from './rates';
import { unpriced } from './unpriced';

const DOCUMENT = {
  providers: { halving: { batch: 0.5 } },
  prices: {
    'plain/short': { input: 3, output: 15 },
    'plain/full': { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWriteLong: 6, imageInput: 4 },
    'plain/long': [
      { input: 3, output: 15, cacheRead: 0.3 },
      { above: 200_000, input: 6, output: 22.5, cacheRead: 0.6 },
      { above: 500_000, input: 1, output: 1 },
      { from: '2026-03-13', input: 2, output: 10 },
    ],
    'plain/vectors': { input: 0.02 },
    'plain/free': { input: 0, output: 0 },
    'plain/own-batch': { input: 3, output: 15, batch: { input: 1, output: 2 } },
    'plain/quarter': [
      { input: 3, output: 15, batch: 0.25 },
      { above: 1_000, input: 6, output: 30 },
    ],
    'halving/odd': { input: 0.000001, output: 0.000003, cacheRead: 0.000001 },
    'halving/model': { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    'halving/own': { input: 3, output: 15, batch: 1 },
    'plain/kept': { input: 5, output: 30, cacheRead: 0.5, cacheWrite: 6.25, cacheWriteLong: 10 },
  },
};
const book = new PriceBook(Prices.parse(DOCUMENT).prices);
const BEFORE = Date.parse('2026-03-12T12:00:00Z');
const AFTER = Date.parse('2026-03-13T00:00:00Z');

const used = (usage: Partial<Usage>): Usage => ({ ...NO_USAGE, ...usage });

describe('the cost of a call of which some was wasted', () => {
  const wasted = (target: string, usage: Partial<Usage>) => ({ target, usage: used(usage) });
  const cost = (target: string, usage: Partial<Usage>, ...parts: ReturnType<typeof wasted>[]) =>
    book.cost(target, used(usage), BEFORE, { wasted: parts });

  it('is that of each model for what it took', () => {
    const sum = { inputTokens: 30, outputTokens: 5, cacheReadTokens: 8 };
    const part = wasted('plain/full', { inputTokens: 20, cacheReadTokens: 8 });
    expect(cost('plain/short', sum, part)).toBe(picosOfUsd('0.0001674'));
  });

  it('has no long prompt where only the sum is long', () => {
    const [one, two] = [{ inputTokens: 150_000 }, { inputTokens: 300_000 }];
    expect(cost('plain/long', two, wasted('plain/long', one))).toBe(picosOfUsd('0.9'));
    expect(cost('plain/long', two)).toBe(picosOfUsd('1.8'));
  });

  it('is known where nothing but waste was used, whoever was to answer', () => {
    const part = wasted('plain/short', { inputTokens: 1 });
    expect(cost('plain/unknown', { inputTokens: 1 }, part)).toBe(picosOfUsd('0.000003'));
    expect(cost('plain/unknown', { inputTokens: 2 }, part)).toBeUndefined();
    expect(cost('plain/short', { inputTokens: 2 }, wasted('plain/unknown', { inputTokens: 1 }))).toBeUndefined();
  });
});

describe('the cost of a call', () => {
  it.each<[string, string, Partial<Usage>, CostOptions, string | undefined]>([
    ['input and output', 'plain/short', { inputTokens: 1_000_000, outputTokens: 1_000_000 }, {}, '18'],
    ['a single token', 'plain/short', { inputTokens: 1 }, {}, '0.000003'],
    ['a token of the cheapest', 'halving/odd', { inputTokens: 1 }, {}, '0.000000000001'],
    [
      'the cache as input where it has no price',
      'plain/short',
      { cacheReadTokens: 7, cacheWriteTokens: 3 },
      {},
      '0.00003',
    ],
    ['the cache', 'plain/full', { inputTokens: 10, cacheReadTokens: 100, cacheWriteTokens: 1_000 }, {}, '0.00381'],
    ['writes for an hour', 'plain/full', { cacheWriteTokens: 1_000, cacheWriteLongTokens: 400 }, {}, '0.00465'],
    ['images', 'plain/full', { inputTokens: 1_000, imageTokens: 100 }, {}, '0.0031'],
    ['more images than input', 'plain/full', { inputTokens: 10, imageTokens: 100 }, {}, '0.00004'],
    ['thinking, which is part of the output', 'plain/short', { outputTokens: 100, thinkingTokens: 90 }, {}, '0.0015'],
    ['nothing', 'plain/short', {}, {}, '0'],
    ['what is free', 'plain/free', { inputTokens: 5, outputTokens: 5 }, {}, '0'],
    ['vectors', 'plain/vectors', { inputTokens: 1_000 }, {}, '0.00002'],
    ['answers of a model that has none', 'plain/vectors', { inputTokens: 1_000, outputTokens: 1 }, {}, undefined],
    ['a model of no price', 'plain/unknown', { inputTokens: 1 }, {}, undefined],
    [
      'a prompt up to the limit',
      'plain/long',
      { inputTokens: 100_000, cacheReadTokens: 100_000, outputTokens: 10 },
      {},
      '0.33015',
    ],
    [
      'a prompt over it',
      'plain/long',
      { inputTokens: 100_000, cacheReadTokens: 100_001, outputTokens: 10 },
      {},
      '0.6602256',
    ],
    ['a prompt over the next', 'plain/long', { cacheWriteTokens: 500_001, outputTokens: 10 }, {}, '0.500011'],
    [
      'a batch at the share of its provider',
      'halving/model',
      { inputTokens: 1_000, cacheReadTokens: 1_000 },
      { batch: true },
      '0.00165',
    ],
    ['a batch at a share of its own', 'halving/own', { inputTokens: 1_000 }, { batch: true }, '0.003'],
    [
      'a batch at prices of its own',
      'plain/own-batch',
      { inputTokens: 1_000, outputTokens: 1_000 },
      { batch: true },
      '0.003',
    ],
    ['a long batch at the share of the model', 'plain/quarter', { inputTokens: 1_001 }, { batch: true }, '0.0015015'],
    ['a batch where none is priced', 'plain/short', { inputTokens: 1_000 }, { batch: true }, '0.003'],
    [
      'half of an odd price, rounded up',
      'halving/odd',
      { inputTokens: 10, outputTokens: 10 },
      { batch: true },
      '0.00000000003',
    ],
    ['counts that are none', 'plain/short', { inputTokens: NaN, outputTokens: -5, cacheReadTokens: Infinity }, {}, '0'],
    ['a part of a token', 'plain/short', { inputTokens: 0.5 }, {}, '0.000003'],
  ])('is exact for %s', (_, target, usage, options, dollars) => {
    const cost = book.cost(target, used(usage), BEFORE, options);
    expect(cost).toBe(dollars === undefined ? undefined : picosOfUsd(dollars));
  });

  it('is that of its day', () => {
    const usage = used({ inputTokens: 1_000_000, outputTokens: 1_000 });
    expect(book.cost('plain/long', usage, BEFORE)).toBe(picosOfUsd(1.001));
    expect(book.cost('plain/long', usage, AFTER - 1)).toBe(picosOfUsd(1.001));
    expect(book.cost('plain/long', usage, AFTER)).toBe(picosOfUsd(2.01));
  });

  it('is that of the undated model when a dated one has no price of its own', () => {
    expect(book.rates('plain/full-2025-08-07', BEFORE)).toMatchObject({ name: 'plain/full' });
    expect(book.cost('plain/full-2025-08-07', used({ inputTokens: 1 }), BEFORE)).toBe(3_000_000n);
  });
});

const tokens = fc.nat(700_000);
const usages = fc
  .record({
    usage: fc.record({ inputTokens: tokens, cacheReadTokens: tokens, cacheWriteTokens: tokens, outputTokens: tokens }),
    batch: fc.boolean(),
    hour: fc.nat(100),
    images: fc.nat(100),
  })
  .map(({ usage, batch, hour, images }) => ({
    usage: {
      ...usage,
      imageTokens: Math.floor((usage.inputTokens * images) / 100),
      cacheWriteLongTokens: Math.floor((usage.cacheWriteTokens * hour) / 100),
    },
    options: { batch },
  }));
const targets = fc.constantFrom(...Object.keys(DOCUMENT.prices).filter((name) => name !== 'plain/vectors'));
const times = fc.constantFrom(BEFORE, AFTER);
const promptOf = (usage: Usage) => usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;

describe('costs', () => {
  it('of parts are together the cost of their sum, where both parts and sum are of one length', () => {
    let compared = 0;
    const property = fc.property(targets, times, usages, usages, (target, at, one, two) => {
      const rates = book.rates(target, at)!;
      const sum = addUsage(one.usage, two.usage);
      const tariffs = [one.usage, two.usage, sum].map((usage) => tariffFor(rates, promptOf(usage)));
      fc.pre(new Set(tariffs).size === 1);
      compared++;
      const { options } = one;
      const parts = [one, two].map(({ usage }) => book.cost(target, usage, at, options)!);
      expect(parts[0]! + parts[1]!).toBe(book.cost(target, sum, at, options));
    });
    fc.assert(property, { numRuns: 300 });
    expect(compared).toBeGreaterThan(100);
  });

  it('are never more than the worst that was foreseen', () => {
    const property = fc.property(
      targets,
      times,
      usages,
      tokens,
      tokens,
      (target, at, { usage, options }, more, answer) => {
        const bounds = {
          inputTokens: promptOf(usage) + more,
          outputTokens: usage.outputTokens + answer,
          cacheWrites: usage.cacheWriteLongTokens > 0,
        };
        const [worst, cost] = [book.worst(target, bounds, at)!, book.cost(target, usage, at, options)!];
        expect(worst - cost).toBeGreaterThanOrEqual(0n);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });
});

describe('the worst that a call can cost', () => {
  const bounds = { inputTokens: 1_000, outputTokens: 100, cacheWrites: false };
  it.each([
    ['plain/short', bounds, '0.0045'],
    // images are the dearest that a prompt may hold when nothing is kept for long
    ['plain/full', bounds, '0.0055'],
    ['plain/full', { ...bounds, cacheWrites: true }, '0.0075'],
    // a provider may write to its cache without being asked
    ['plain/kept', bounds, '0.00925'],
    ['plain/kept', { ...bounds, cacheWrites: true }, '0.013'],
    ['plain/long', { ...bounds, inputTokens: 200_000 }, '0.6015'],
    ['plain/long', { ...bounds, inputTokens: 200_001 }, '1.202256'],
    // the prompt may be shorter than was foreseen: the dear tier is still possible
    ['plain/long', { ...bounds, inputTokens: 600_000 }, '3.60225'],
    ['plain/vectors', { ...bounds, outputTokens: 0 }, '0.00002'],
    ['plain/vectors', bounds, undefined],
    ['plain/unknown', bounds, undefined],
  ])('is foreseen for %s with %j', (target, within, dollars) => {
    expect(book.worst(target, within, BEFORE)).toBe(dollars === undefined ? undefined : picosOfUsd(dollars));
  });
});

describe('the version of a price book', () => {
  const version = (document: unknown) => new PriceBook(Prices.parse(document).prices).version;

  it('is the same for the same prices, however they are written down', () => {
    const { providers, prices } = DOCUMENT;
    const reversed = Object.fromEntries(Object.entries(prices).toReversed());
    expect(version({ version: 'other', prices: reversed, providers })).toBe(book.version);
    expect(book.version).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['a price', { ...DOCUMENT, prices: { ...DOCUMENT.prices, 'plain/free': { input: 0, output: 0.000001 } } }],
    [
      'a day',
      { ...DOCUMENT, prices: { ...DOCUMENT.prices, 'plain/free': { from: '2026-01-01', input: 0, output: 0 } } },
    ],
    ['what a batch costs', { ...DOCUMENT, providers: { ...DOCUMENT.providers, halving: { batch: 0.4 } } }],
  ])('is another one after a change of %s', (_, document) => {
    expect(version(document)).not.toBe(book.version);
  });
});

describe('unpriced', () => {
  it('lists each model without a price once', () => {
    const asked = ['plain/short', 'plain/b', 'plain/a', 'plain/b', 'plain/short-2026-01-01', 'other/short'];
    expect(unpriced(book, asked, BEFORE)).toEqual(['plain/b', 'plain/a', 'other/short']);
  });
});
