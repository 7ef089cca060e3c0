import { z } from 'zod';
import type { Feedback } from '../../features/feedback';
import { Reason, Ticket } from '../audit/filter-schema';

const MOST_CASES = 50;

export const NewFeedback = z.strictObject({
  score: z.number().min(0).max(1).describe('How good the answer was: 0 bad, 1 good. Three decimals count.'),
  comment: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .optional()
    .describe('Encrypted; nobody is shown it without a second person.'),
  expected: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .optional()
    .describe('The answer that would have been right; likewise.'),
});
export type NewFeedback = z.output<typeof NewFeedback>;

const moment = z.iso.datetime({ offset: true });
const score = z.coerce.number().min(0).max(1).optional();
const name = z.string().min(1).max(300).optional();
const filters = {
  tenant: z.uuid().optional().describe('Your own, unless your key belongs to the root tenant.'),
  model: name.describe("The provider's name for it, alone or as `provider/model`."),
  alias: name.describe('As the model was asked for.'),
  min_score: score,
  max_score: score,
  from: moment.optional().describe('When it was given.'),
  to: moment.optional().describe('Exclusive.'),
};

export const FeedbackQuery = z.strictObject({
  ...filters,
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.uuid().optional().describe('The `next_cursor` of the page before.'),
});
export type FeedbackQuery = z.output<typeof FeedbackQuery>;

export const ExportBody = z.strictObject({
  ...filters,
  reason: Reason,
  ticket: Ticket,
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits and hyphens, and begin with a letter')
    .default('from-feedback')
    .describe('Of the suite.'),
  limit: z.int().min(1).max(MOST_CASES).default(20).describe('Cases; the newest.'),
});
export type ExportBody = z.output<typeof ExportBody>;

export const FeedbackView = z.object({
  request_id: z.string(),
  tenant: z.uuid(),
  key: z.string().describe('The API key of the call.'),
  model: z.string().nullable().describe('As it was asked for.'),
  provider: z.string().nullable(),
  provider_model: z.string().nullable(),
  called_at: z.iso.datetime(),
  score: z.number(),
  comment: z.boolean().describe('Whether there is one.'),
  expected: z.boolean(),
  given_by: z.uuid().describe('An API key.'),
  given_at: z.iso.datetime(),
  entry: z.uuid().describe('Of the audit log, with what was written: `POST /v1/audit/entries/:id/reveal`.'),
});

export function feedbackView(given: Feedback): z.output<typeof FeedbackView> {
  return {
    request_id: given.requestId,
    tenant: given.tenantId,
    key: given.keyId,
    model: given.alias || null,
    provider: given.provider || null,
    provider_model: given.model || null,
    called_at: given.calledAt.toISOString(),
    score: given.score,
    comment: given.hasComment,
    expected: given.hasExpected,
    given_by: given.givenBy,
    given_at: given.givenAt.toISOString(),
    entry: given.entryId,
  };
}
