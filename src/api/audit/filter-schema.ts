import { z } from 'zod';
import { Name } from '../admin/list-schema';

const Moment = z.iso.datetime({ offset: true });
const dollars = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'must be a decimal number of US dollars, not negative')
      .transform(Number),
  ])
  .refine((usd) => usd >= 0 && usd <= 1_000_000_000, 'must be from 0 to 1000000000');
const Text = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => !text.includes('\0'), 'must hold no NUL');

/** What every search, sample and export can be narrowed by; all of it must match. */
export const Filters = z.strictObject({
  from: Moment.optional().describe('Inclusive.'),
  to: Moment.optional().describe('Exclusive.'),
  tenant: z.uuid().optional().describe('Your own, unless your key belongs to the root tenant.'),
  user: Text.optional().describe('The user as the application named it, in `tenant` or else in your own.'),
  session: Text.optional().describe('The session as the application named it, in `tenant` or else in your own.'),
  model: Text.optional().describe('As asked for, or as `provider/model`.'),
  provider: Text.optional(),
  event: z
    .string()
    .regex(/^[a-z]+\.([a-z_]+|\*)$/, 'must be the name of an event, or an area followed by .*')
    .optional(),
  flag: Text.optional(),
  outcome: Text.optional(),
  min_cost_usd: dollars.optional(),
  max_cost_usd: dollars.optional(),
  request_id: Text.optional(),
  key: z.uuid().optional().describe('The API key that acted.'),
});
export type Filters = z.output<typeof Filters>;

/** In bodies the period stands beside the other filters. */
export const BodyFilters = Filters.omit({ from: true, to: true });
export const Period = { from: Moment.optional(), to: Moment.optional() };

export const Reason = Name.min(3).max(2_000).describe('Why; kept encrypted in the log.');
export const Ticket = Name.max(200).optional();

/** The page of a list whose members may be settled. */
export const OpenQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.uuid().optional().describe('The `next_cursor` of the page before.'),
  status: z.enum(['open', 'all']).default('all'),
});
export type OpenQuery = z.output<typeof OpenQuery>;
