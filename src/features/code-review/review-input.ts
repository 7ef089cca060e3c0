import { z } from 'zod';
import { FAIL_ON } from './passes';

const PassInput = z.union([z.boolean(), z.strictObject({ model: z.string().min(1).max(200).optional() })]);

/** What a `code-review` job is given. */
export const ReviewInput = z.strictObject({
  diff: z.string().min(1),
  passes: z
    .strictObject({ style: PassInput, logic: PassInput, security: PassInput })
    .partial()
    .prefault({})
    .refine((passes) => Object.values(passes).filter((one) => one === false).length < 3, 'must leave one pass')
    .describe('`false` leaves one out; `{model}` has it asked.'),
  fail_on: z.enum(FAIL_ON).default('high'),
  exclude: z
    .array(z.string().min(1).max(300))
    .max(200)
    .default([])
    .describe(
      'Paths that are not reviewed; * stands for anything. Beside files that programs write, such as lock files.',
    ),
  instructions: z
    .string()
    .trim()
    .max(4_000)
    .optional()
    .describe('What else a reviewer must know: conventions, what to leave alone.'),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language tag such as en or pt-BR')
    .default('en'),
});
export type ReviewInput = z.output<typeof ReviewInput>;
