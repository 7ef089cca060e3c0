import { Prices } from './prices';
import { ConfigError, Problems } from './problems';

const parsed = (rows: unknown) => Prices.parse({ prices: { 'a/m': rows } }).prices['a/m'];

/** What a start would complain about. */
function complaints(document: unknown): readonly string[] {
  const { error } = Prices.safeParse(document);
  const problems = new Problems();
  if (error) problems.addAll('prices.yaml', error);
  try {
    problems.throwIfAny();
  } catch (thrown) {
    return (thrown as ConfigError).problems;
  }
  return [];
}
const about = (rows: unknown) => complaints({ prices: { 'a/m': rows } });

describe('config/prices.yaml', () => {
  it('takes one price for input and one for output, and reads dollars as whole micro-dollars', () => {
    expect(parsed({ input: 0.000001, output: 12.345678 })).toEqual([
      { fromMs: 0, base: { input: 1, output: 12_345_678 }, tiers: [] },
    ]);
  });

  it('puts rates in the order of their days, and those of long prompts in the order of length', () => {
    expect(
      parsed([
        { from: '2026-03-13', input: 5, output: 25 },
        { above: 500_000, input: 20 },
        { above: 200_000, input: 10 },
        { input: 5 },
      ]),
    ).toEqual([
      {
        fromMs: 0,
        base: { input: 5_000_000 },
        tiers: [
          { above: 200_000, input: 10_000_000 },
          { above: 500_000, input: 20_000_000 },
        ],
      },
      {
        from: '2026-03-13',
        fromMs: Date.UTC(2026, 2, 13),
        base: { input: 5_000_000, output: 25_000_000 },
        tiers: [],
      },
    ]);
  });

  it('is whatever it holds also when it is empty', () => {
    expect(Prices.parse({})).toEqual({ sources: [], prices: {} });
  });

  it('says of each model what is said of its provider, unless the model says otherwise', () => {
    const { prices } = Prices.parse({
      providers: { a: { batch: 0.5 } },
      prices: {
        'a/m': [{ input: 0 }, { above: 9, input: 0 }],
        'a/own': [
          { input: 0, batch: 0.25 },
          { above: 9, input: 0 },
        ],
        'a/apart': [
          { input: 0, batch: { input: 0 } },
          { above: 9, input: 0, batch: { input: 0 } },
          { above: 99, input: 0 },
        ],
        'b/m': { input: 0 },
      },
    });
    const batches = Object.entries(prices).map(([, [period]]) =>
      [period!.base, ...period!.tiers].map(({ batch }) => batch),
    );
    expect(batches).toEqual([[0.5, 0.5], [0.25, 0.25], [{ input: 0 }, { input: 0 }, 0.5], [undefined]]);
  });

  it.each([
    ['a price below nothing', { input: -1 }, 'prices.a/m.input: '],
    ['a price out of all bounds', { input: 1e300 }, 'prices.a/m.input: '],
    ['a seventh decimal', { input: 1, output: 0.0000001 }, 'prices.a/m.output: has more than six decimals'],
    ['a price that is no number', { input: '1' }, 'prices.a/m.input: '],
    ['no price for input', { output: 1 }, 'prices.a/m.input: '],
    ['an unknown field', { input: 1, ouput: 1 }, 'prices.a/m: '],
    ['a mistake in a list', [{ input: 1 }, { from: '2026-01-01', input: -1 }], 'prices.a/m[1].input: '],
    ['a mistake in batch', { input: 1, batch: { input: -1 } }, 'prices.a/m.batch.input: '],
    ['a share of more than all', { input: 1, batch: 1.5 }, 'prices.a/m.batch: '],
    ['no rate at all', [], 'prices.a/m: '],
    ['a day that is none', { from: '2026-02-30', input: 1 }, 'prices.a/m.from: '],
    [
      'a day that is there twice',
      [
        { from: '2026-01-01', input: 1 },
        { from: '2026-01-01', input: 2 },
      ],
      'prices.a/m[1]: is there twice: from 2026-01-01',
    ],
    [
      'a length that is there twice',
      [{ input: 1 }, { above: 9, input: 2 }, { above: 9, input: 3 }],
      'prices.a/m[2]: is there twice: from always, above 9',
    ],
    [
      'long prompts that have a price where short ones have none',
      [{ input: 1 }, { from: '2026-01-01', above: 200_000, input: 2 }],
      'prices.a/m[1]: needs prices from 2026-01-01 for prompts that are not above 200000',
    ],
  ])('names the place of %s', (_, rows, complaint) => {
    expect(about(rows)).toEqual([expect.stringContaining(`prices.yaml ${complaint}`)]);
  });

  it('names a price that belongs to no provider', () => {
    expect(complaints({ prices: { 'gpt-4o': { input: 1 } } })).toEqual([expect.stringContaining('prices.gpt-4o')]);
  });
});
