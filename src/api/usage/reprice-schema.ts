import { z } from 'zod';

const Moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export const RepriceBody = z.strictObject({
  from: Moment.describe('Inclusive; a day (UTC) or a moment.'),
  to: Moment.describe('Exclusive.'),
  tenant: z.uuid().optional().describe('Your own, unless your key belongs to the root tenant.'),
  cursor: z
    .string()
    .max(500)
    .regex(/^[\w-]*$/, 'must be the next_cursor of the answer before')
    .optional(),
});
export type RepriceBody = z.output<typeof RepriceBody>;

export const RepricedView = z.object({
  done: z.boolean(),
  next_cursor: z
    .string()
    .nullable()
    .describe('Send it as `cursor` with the same period to go on; null when it is done.'),
  upto: z.iso.datetime().nullable().describe('How far into the period this was; null when it is done.'),
  examined: z.int(),
  changed: z.int(),
  difference_usd: z.string().describe('By how much more, or less, the calls that were looked at cost now.'),
  saved_difference_usd: z.string(),
  price_version: z.string(),
});
