import { z } from 'zod';
import { GROUPS } from '../../contract/usage-groups';

const MAX_GROUPS = 3;
const OF_OUR_TIME = 'must be of the years 1970 to 2999';
const DAY = /^\d{4}-\d\d-\d\d(T00:00(:00(\.0{1,3})?)?(Z|\+00:00))?$/;

const Text = z.string().min(1).max(512);
/** The beginning of a day: usage is summed by days. */
const Day = z
  .string()
  .regex(DAY, 'must be a day (UTC) as YYYY-MM-DD')
  .refine((text) => isDay(text.slice(0, 10)), 'is no day of the calendar')
  .refine(isOfOurTime, OF_OUR_TIME);

export const UsageFilters = z.strictObject({
  tenant: z.uuid().optional().describe('Your own, unless your key belongs to the root tenant.'),
  key: z.uuid().optional().describe('The API key that called.'),
  user: Text.optional().describe('The user as the application named it, in `tenant` or else in your own.'),
  model: Text.optional().describe("The provider's name for it, alone or as `provider/model`."),
  provider: Text.optional(),
  tag: Text.optional(),
});
export type UsageFilters = z.output<typeof UsageFilters>;

export const UsageQuery = UsageFilters.extend({
  from: Day.optional().describe('The first day (UTC); of this month when absent.'),
  to: Day.optional().describe('The day after the last one; tomorrow when absent.'),
  group_by: z
    .string()
    .max(100)
    .refine((text) => isGrouping(text.split(',')), `must be up to ${MAX_GROUPS} of ${GROUPS.join(', ')}, each once`)
    .optional()
    .describe(`Up to ${MAX_GROUPS} of ${GROUPS.join(', ')}, separated by commas; one row for everything when absent.`),
  format: z.enum(['json', 'csv']).optional().describe('`csv` has all rows; `Accept: text/csv` asks for it too.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z
    .string()
    .max(6_000)
    .regex(/^[\w-]*$/, 'must be the next_cursor of the page before')
    .optional(),
});
export type UsageQuery = z.output<typeof UsageQuery>;

const Dollars = z.string().describe('US dollars, exact; six decimals at least.');
const Sums = {
  requests: z.int(),
  cache_hits: z.int().describe('Answered with what an earlier call was given.'),
  input_tokens: z.int().describe("Neither read from nor written to the provider's cache."),
  cache_read_tokens: z.int(),
  cache_write_tokens: z.int(),
  output_tokens: z.int().describe('Thinking included.'),
  thinking_tokens: z.int(),
  cost_usd: Dollars,
  saved_usd: Dollars.describe('What answers from the cache would have cost.'),
  estimated_requests: z.int().describe('Whose tokens were counted here because the provider did not say.'),
  estimated_share: z.number().describe('Of the requests; 0 to 1.'),
  unpriced: z.int().describe('Requests that cost something nobody knows: their model has no price.'),
  unknown_outcome: z.int().describe('Requests whose process died; their prompt is counted as an estimate.'),
};
const Name = z.string().nullable().optional();

export const UsageView = z.object({
  tenant: Name,
  key: Name,
  user: Name.describe('A reference, as in the audit log.'),
  model: Name,
  provider: Name,
  tag: Name,
  session: Name.describe('A pseudonym, as in the audit log.'),
  day: Name,
  ...Sums,
  feedback_count: z.int().describe('Calls whose answer somebody judged.'),
  feedback_score: z.number().nullable().describe('Their mean, 0 to 1; null where there are none.'),
});
export const UsagePage = z.object({
  from: z.string(),
  to: z.string(),
  data: z.array(UsageView),
  next_cursor: z.string().nullable(),
});

export const ForecastView = z.object({
  month: z.string(),
  as_of: z.iso.datetime(),
  spent_usd: Dollars.describe('So far this month.'),
  daily_usd: Dollars.nullable().describe('The mean of the last seven whole days, or of as many as there are.'),
  days: z.int().describe('How many days that is the mean of.'),
  daily_before_usd: Dollars.nullable().describe('The mean of the seven days before.'),
  trend_percent: z.number().nullable().describe('By how much the one is above the other.'),
  forecast_usd: Dollars.nullable().describe('At the end of the month; null until there is a whole day.'),
  method: z.string(),
  unpriced: z.int().describe('Requests in the period looked at that no price is known for: they are in no sum.'),
});

export const ChargebackQuery = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month as YYYY-MM')
    .refine(isOfOurTime, OF_OUR_TIME)
    .optional()
    .describe('This month when absent.'),
  tenant: z.uuid().optional().describe('Your own, unless your key belongs to the root tenant.'),
});
export type ChargebackQuery = z.output<typeof ChargebackQuery>;

function isOfOurTime(text: string): boolean {
  return text >= '1970' && text < '3000';
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function isGrouping(names: readonly string[]): boolean {
  const known: readonly string[] = GROUPS;
  return (
    names.length <= MAX_GROUPS && new Set(names).size === names.length && names.every((name) => known.includes(name))
  );
}
