import { z } from 'zod';
import { BUCKET_BY } from '../../platform/config/flags';

const share = z.number().min(0).max(1);
const ratio = z.number().min(0.1).max(1_000);
const MOST_SECONDS = 2_592_000;

const Canary = z
  .strictObject({
    steps: z
      .array(z.number().min(0.1).max(100))
      .min(1)
      .max(20)
      .default([10, 50, 100])
      .refine((steps) => steps.every((step, i) => !i || step > (steps[i - 1] ?? 0)), 'must grow')
      .describe('The share that gets the candidate, in percent, step by step.'),
    by: z
      .enum(BUCKET_BY)
      .default('user')
      .describe('What a share is of. Calls without a user get the candidate only at 100 percent of users.'),
    hold_seconds: z.int().min(0).max(MOST_SECONDS).default(600).describe('How long each step lasts at least.'),
    min_calls: z.int().min(1).max(5_000).default(100).describe('Of the candidate in a step, before it can be passed.'),
    max_step_seconds: z
      .int()
      .min(1)
      .max(MOST_SECONDS)
      .default(86_400)
      .describe('A step that was not passed until then is not enough evidence: rolled back.'),
  })
  .refine((canary) => canary.max_step_seconds >= canary.hold_seconds, {
    path: ['max_step_seconds'],
    message: 'must not be less than hold_seconds',
  })
  .prefault({});

const Thresholds = z
  .strictObject({
    error_rate: share.default(0.02).describe('How much higher than that of the rest it may be.'),
    error_ceiling: share.default(0.5).describe('What it must never reach, whatever the rest does.'),
    latency_ratio: ratio
      .default(1.5)
      .describe('p95, and time to the first token where answers are streamed, to that of the rest.'),
    cost_ratio: ratio.default(1.5).describe('Cost of a call to that of the rest.'),
    score_drop: share.default(0.05).describe('How far below the alias the score of its eval may be.'),
    feedback_drop: share.default(0.1).describe('How far below the rest the mean feedback may be.'),
  })
  .prefault({});

export const PromotionPlan = z.strictObject({ canary: Canary, thresholds: Thresholds });
export type PromotionPlan = z.output<typeof PromotionPlan>;
export type Thresholds = PromotionPlan['thresholds'];
