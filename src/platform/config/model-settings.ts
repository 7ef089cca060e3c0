import { z } from 'zod';

/** What becomes of models that are at their end. */
export const ModelSettings = z.strictObject({
  onRetired: z
    .enum(['refuse', 'replace', 'allow'])
    .default('refuse')
    .describe(
      'What becomes of a call to a retired model: `refuse` answers 404 and names the replacement, `replace` asks that instead, `allow` only warns: models.md.',
    ),
  warnDays: z
    .int()
    .min(0)
    .max(3_650)
    .default(30)
    .describe('How many days before a model retires `config:check`, `doctor` and `GET /v1/status` say so.'),
});
export type ModelSettings = z.infer<typeof ModelSettings>;
