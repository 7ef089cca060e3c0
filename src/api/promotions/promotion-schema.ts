import { z } from 'zod';
import { PROMOTION_STATES, PromotionPlan } from '../../features/promotions';
import { listOf } from '../admin/list-schema';

export const NewPromotion = PromotionPlan.extend({
  alias: z.string().min(1).max(64),
  candidate: z
    .string()
    .max(200)
    .regex(/^[a-z][a-z0-9-]{0,31}\/.+$/, 'must be provider/model'),
  suite: z.string().min(1).max(64).describe('The suite of config/evals that it must pass, with the alias as baseline.'),
});
export type NewPromotion = z.output<typeof NewPromotion>;

export const Decision = z
  .strictObject({ comment: z.string().min(1).max(1_000).optional().describe('On record, encrypted.') })
  .prefault({});
export type Decision = z.output<typeof Decision>;

export const PromotionQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.uuid().optional().describe('The `next_cursor` of the page before.'),
});
export type PromotionQuery = z.output<typeof PromotionQuery>;

const State = z.enum(PROMOTION_STATES);
const number = z.number().nullable();

const Measure = z.object({
  measure: z.string(),
  candidate: number,
  rest: number,
  value: number.describe('How they are compared: a difference, or a ratio.'),
  at_least: number.describe('The end of its interval that is best for the candidate.'),
  limit: z.number(),
  finding: z.enum(['kept', 'exceeded', 'uncertain', 'unknown']),
});

export const PromotionSummary = z.object({
  id: z.uuid(),
  alias: z.string(),
  candidate: z.string(),
  suite: z.string(),
  state: State,
  step: z.int().nullable().describe('Of the canary, from 1.'),
  percent: number.describe('Which share gets the candidate now.'),
  reason: z.string().nullable().describe('Why it ended as it did.'),
  requested_by: z.uuid(),
  approved_by: z.uuid().nullable(),
  created_at: z.iso.datetime(),
  changed_at: z.iso.datetime(),
});
export type PromotionSummary = z.output<typeof PromotionSummary>;

export const PromotionView = PromotionSummary.extend({
  ...PromotionPlan.shape,
  incumbent: z.string().describe('What answered to the alias: with what it is compared.'),
  former: z.array(z.string()).describe('What the alias stood for before.'),
  flag: z.string(),
  eval_run: z.string().describe('Where its eval is told of.'),
  evaluation: z
    .object({ passed: z.boolean(), score: z.number(), baseline: z.number(), pass_rate: z.number(), errors: z.int() })
    .nullable(),
  comparison: z
    .object({ candidate_calls: z.int(), rest_calls: z.int(), measures: z.array(Measure) })
    .nullable()
    .describe('As it was seen last.'),
  history: z.array(
    z.object({
      state: State,
      step: z.int().nullable(),
      reason: z.string().nullable(),
      by: z.uuid().nullable(),
      audit_entry: z.uuid(),
      at: z.iso.datetime(),
    }),
  ),
  links: z.record(z.string(), z.string()).describe('What may be done next, each with POST, and `self`.'),
});
export type PromotionView = z.output<typeof PromotionView>;

export const PromotionPage = listOf(PromotionSummary);
