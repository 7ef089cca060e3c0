/** The shape of `config/prices.yaml`: what models cost. */
import { z } from 'zod';
import { Target } from './policies';

const MICROS = 1_000_000;
const dollars = z
  .number()
  .min(0)
  .max(1_000_000)
  .refine((usd) => Number.isInteger(Math.round(usd * MICROS * 1_000) / 1_000), 'has more than six decimals')
  .transform((usd) => Math.round(usd * MICROS));

export const Prices = z.strictObject({
  prices: z
    .record(Target, z.strictObject({ input: dollars, output: dollars }))
    .default({})
    .describe('US dollars per million tokens.'),
});
/** Micro-dollars per million tokens. */
export type Prices = z.infer<typeof Prices>;
