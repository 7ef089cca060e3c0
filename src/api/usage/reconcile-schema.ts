import { z } from 'zod';
import { FORMATS } from '../../features/cost';

export const ReconcileBody = z
  .strictObject({
    provider: z
      .string()
      .min(1)
      .max(200)
      .refine((name) => !name.includes('\0'), 'must hold no NUL')
      .describe('Its name in the configuration.'),
    format: z
      .enum(FORMATS)
      .describe('`rows` of the JSON formats are the buckets that the API of the provider has in `data`.'),
    rows: z.array(z.unknown()).max(10_000).optional(),
    csv: z.string().max(16_000_000).optional(),
    tenant: z.uuid().optional().describe('Your own, unless your key belongs to the root tenant.'),
    tolerance_percent: z.number().min(0).max(100).default(1).describe('What does not matter.'),
  })
  .refine(({ format, rows, csv }) => (format === 'csv' ? csv !== undefined && !rows : rows && csv === undefined), {
    message: 'give rows, or csv where that is the format',
  });
export type ReconcileBody = z.output<typeof ReconcileBody>;

const Dollars = z.string();
const SideView = z.object({
  requests: z.int().nullable(),
  input_tokens: z.int().nullable().describe('The whole prompt.'),
  cached_tokens: z.int().nullable().describe('The part of it that was read from a cache.'),
  output_tokens: z.int().nullable(),
  cost_usd: Dollars.nullable(),
});
const OurSide = SideView.extend({ unpriced: z.int() });
const Drift = z.number().nullable().describe('By how many percent theirs is above ours.');
const RequestSide = z.object({
  input_tokens: z.int().nullable(),
  output_tokens: z.int().nullable(),
  cost_usd: Dollars.nullable(),
});

export const ReconciledView = z.object({
  provider: z.string(),
  format: z.enum(FORMATS),
  from: z.string(),
  to: z.string(),
  tolerance_percent: z.number(),
  joined_by: z.enum(['request_id', 'day_model', 'day']),
  verdict: z
    .enum(['agrees', 'drifts', 'incomplete'])
    .describe('`drifts`: beyond the tolerance somewhere. `incomplete`: one side has what the other lacks.'),
  total: z.object({
    ours: OurSide.nullable(),
    theirs: SideView.nullable(),
    token_drift_percent: Drift,
    cost_drift_percent: Drift,
  }),
  data: z.array(
    z.object({
      day: z.string(),
      model: z.string().describe('Without the date of an edition; `*` where the export does not tell models apart.'),
      names: z.array(z.string()),
      ours: OurSide.nullable(),
      theirs: SideView.nullable(),
      token_drift_percent: Drift,
      cost_drift_percent: Drift,
      status: z.enum(['agrees', 'drifts', 'missing_ours', 'missing_theirs']),
    }),
  ),
  requests: z
    .object({
      matched: z.int(),
      drifting: z.int(),
      drifts: z.array(z.object({ request_id: z.string(), ours: RequestSide, theirs: RequestSide })),
      missing_ours: z.object({ count: z.int(), ids: z.array(z.string()) }),
      missing_theirs: z.object({ count: z.int(), ids: z.array(z.string()) }),
    })
    .nullable()
    .describe('By the ids of the provider, where the export has them; up to a hundred of each kind are named.'),
});
