/** The shape of `config/prices.yaml`: what models cost, since when, and where the figures are from. */
import { z } from 'zod';
import { picosOfUsd } from '../../contract/money';
import { Target } from './policies';

const PICOS_PER_MICRO = 1_000_000n;

/** US dollars per million tokens, with six decimals at most; read as micro-dollars, a whole number. */
const dollars = z
  .number()
  .min(0)
  .max(1_000_000, { abort: true })
  .refine((usd) => picosOfUsd(usd) % PICOS_PER_MICRO === 0n, 'has more than six decimals')
  .transform((usd) => Number(picosOfUsd(usd) / PICOS_PER_MICRO));

const perToken = {
  input: dollars.describe('Prompt tokens that no other field prices.'),
  output: dollars
    .optional()
    .describe('Answer tokens, thinking included. Absent: the model gives none, as an embedding model.'),
  cacheRead: dollars.optional().describe('Prompt tokens read from the cache of the provider. Absent: as input.'),
  cacheWrite: dollars.optional().describe('Prompt tokens written to that cache, for minutes. Absent: as input.'),
  cacheWriteLong: dollars
    .optional()
    .describe('Prompt tokens written to that cache for an hour or longer. Absent: as cacheWrite.'),
  imageInput: dollars.optional().describe('Prompt tokens of images, where they are priced apart. Absent: as input.'),
};
const share = z.number().min(0).max(1);

const Row = z.strictObject({
  from: z.iso.date().optional().describe('The first day, in UTC, on which it holds. Absent: it always did.'),
  above: z
    .int()
    .min(1)
    .optional()
    .describe('Holds, for the whole call, when its prompt has more tokens than that, those of the cache included.'),
  ...perToken,
  batch: z
    .union([share, z.strictObject(perToken)])
    .optional()
    .describe('What it costs in a batch: a share of these prices, or prices of its own.'),
});
type Row = z.infer<typeof Row>;

/** Prices in micro-dollars per million tokens. */
export type Rate = Omit<Row, 'from' | 'above'>;
/** What a model costs from one day on: `base`, or the last of `tiers` whose `above` the prompt exceeds. */
export interface Period {
  readonly from?: string;
  /** Milliseconds since the epoch; 0 where it always held. */
  readonly fromMs: number;
  readonly base: Rate;
  /** By `above`, ascending. */
  readonly tiers: readonly (Rate & { readonly above: number })[];
}

const Rows = z
  .union([Row, z.array(Row).min(1).max(200)])
  .transform((rows) => (Array.isArray(rows) ? rows : [rows]))
  .superRefine((rows, context) => {
    const complain = (at: number, message: string) => context.addIssue({ code: 'custom', path: [at], message });
    rows.forEach((row, at) => {
      const sameDay = rows.filter(({ from }) => from === row.from);
      const day = row.from ?? 'always';
      if (sameDay.find(({ above }) => above === row.above) !== row)
        complain(at, `is there twice: from ${day}${row.above === undefined ? '' : `, above ${row.above}`}`);
      if (!sameDay.some(({ above }) => above === undefined))
        complain(at, `needs prices from ${day} for prompts that are not above ${row.above}`);
    });
  })
  .transform(periods);

/** By day, the oldest first. */
function periods(rows: readonly Row[]): Period[] {
  const bases = rows.filter(({ above }) => above === undefined);
  return bases
    .map(({ from, above: _above, ...base }) => ({
      ...(from !== undefined && { from }),
      fromMs: from === undefined ? 0 : Date.parse(from),
      base,
      tiers: rows
        .filter((row) => row.from === from && row.above !== undefined)
        .map(({ from: _from, above = 0, ...rate }) => ({ ...rate, above }))
        .toSorted((a, b) => a.above - b.above),
    }))
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

const Source = z.strictObject({
  name: z.string(),
  url: z.url(),
  release: z.string().optional().describe('Which state of it: a release or a commit.'),
  date: z.iso.date().describe('When it was read.'),
  licence: z.string(),
});

/** As it is written: what is said of a provider is not yet said of its models. */
export const PriceFile = z.strictObject({
  version: z.string().optional().describe('What people call this state of the file; the date of its last change.'),
  sources: z.array(Source).default([]).describe('Where the figures are from.'),
  providers: z
    .record(
      z.string(),
      z.strictObject({
        batch: share.optional().describe('What its models cost in a batch, as a share, unless they say otherwise.'),
      }),
    )
    .default({}),
  prices: z
    .record(Target, Rows)
    .default({})
    .describe(
      'By `provider/model`, US dollars per million tokens. `provider/*` is for its models that are not listed; a name that ends in a date or in -latest is looked up without that when it is not listed itself.',
    ),
});
export type PriceFile = z.infer<typeof PriceFile>;

export const Prices = PriceFile.transform(({ providers, prices, ...file }) => ({
  ...file,
  prices: Object.fromEntries(
    Object.entries(prices).map(([target, of]) => {
      const name = target.slice(0, target.indexOf('/'));
      const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
      return [target, of.map((period) => completed(period, provider))];
    }),
  ),
}));
/** By `provider/model`, the oldest period first; micro-dollars per million tokens, which is picodollars per token. */
export type Prices = z.infer<typeof Prices>;

/** A share that is said of a model holds for its long prompts too; what is said of none of them is the provider's. */
function completed(period: Period, provider: PriceFile['providers'][string] | undefined): Period {
  const share = typeof period.base.batch === 'number' ? period.base.batch : provider?.batch;
  const priced = <R extends Rate>(rate: R): R => ({
    ...rate,
    ...(share !== undefined && { batch: rate.batch ?? share }),
  });
  return {
    ...period,
    base: priced(period.base),
    tiers: period.tiers.map(priced),
  };
}
