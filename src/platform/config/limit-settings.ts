/** The part of `limits` in `config/gatehouse.yaml` that limits users, tenants and models. */
import { z } from 'zod';

const count = z.int().min(1).max(2_147_483_647);

const amounts = {
  rpm: count.describe('Calls per minute.').optional(),
  tpm: count.describe('Tokens per minute, of prompts and answers.').optional(),
  concurrency: count.describe('Calls under way at the same time.').optional(),
};
const saysSomething = (entry: object): boolean => Object.values(entry).some((value) => value !== undefined);

export const Amounts = z
  .strictObject(amounts)
  .refine(saysSomething, 'limits nothing: rpm, tpm or concurrency is missing');
export type Amounts = z.infer<typeof Amounts>;

/** `provider/model`, `provider/prefix*`, or `*` for every model. */
const ModelPattern = z
  .string()
  .max(300)
  .regex(/^(\*|[a-z][a-z0-9-]{0,31}\/([^*]+\*?|\*))$/, 'must be provider/model, provider/prefix* or *');

const users = Amounts.optional().describe('Of each end user, where a call names one.');
const models = z
  .record(ModelPattern, Amounts)
  .default({})
  .describe(
    'Of each model, for each tenant by itself: by provider/model, provider/prefix* or *; the most exact one holds.',
  );

export const limitSettings = {
  expectedOutputTokens: count
    .max(10_000_000)
    .default(1_024)
    .describe('How long the answer to a call without max_tokens is taken to be, until it is known.'),
  users,
  models,
  tenants: z
    .record(
      z.string().min(1).max(200),
      z
        .strictObject({ ...amounts, users, models })
        .refine(
          ({ models: ofModels, ...rest }) => saysSomething(rest) || Object.keys(ofModels).length > 0,
          'limits nothing: rpm, tpm, concurrency, users or models is missing',
        ),
    )
    .default({})
    .describe(
      'Of each tenant in all, by name or id, or "*" for every tenant that is not named; their users and models are stronger than those above, field by field.',
    ),
};
