import { z } from 'zod';

export const BATCH_STATUSES = [
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

export const BatchQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().max(100).optional().describe('The id of the last batch of the page before.'),
});
export type BatchQuery = z.output<typeof BatchQuery>;

const Moment = z.int().nullable().describe('Unix seconds.');

export const BatchView = z.object({
  id: z.string(),
  object: z.literal('batch'),
  endpoint: z.string(),
  errors: z
    .object({
      object: z.literal('list'),
      data: z.array(
        z.object({
          code: z.string(),
          message: z.string(),
          param: z.string().nullable(),
          line: z.int().nullable(),
        }),
      ),
    })
    .nullable()
    .describe('Why it failed as a whole: what is wrong with its input, line by line.'),
  input_file_id: z.string(),
  completion_window: z.string(),
  status: z.enum(BATCH_STATUSES),
  output_file_id: z.string().nullable(),
  error_file_id: z.string().nullable(),
  created_at: z.int(),
  in_progress_at: Moment,
  expires_at: Moment,
  finalizing_at: Moment,
  completed_at: Moment,
  failed_at: Moment,
  expired_at: Moment,
  cancelling_at: Moment,
  cancelled_at: Moment,
  request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
  metadata: z.record(z.string(), z.string()).nullable(),
  gatehouse: z
    .object({
      job_id: z.uuid(),
      cost_usd: z.string().describe('Of its lines so far.'),
      pass_through: z
        .object({
          way: z.enum(['here', 'provider']).describe('Where its lines are done.'),
          reason: z.string().nullable().describe('Why here.'),
          provider: z.string().nullable(),
          model: z.string().nullable(),
          batch_id: z.string().nullable().describe('Its id at the provider.'),
          status: z.string().nullable().describe('In the words of the provider, when it was asked last.'),
        })
        .nullable()
        .describe('Whether it was handed on to the batch API of its provider; null until that is decided.'),
    })
    .describe('What OpenAI’s batches do not have.'),
});
export type BatchView = z.output<typeof BatchView>;

export const BatchPage = z.object({
  object: z.literal('list'),
  data: z.array(BatchView),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});
