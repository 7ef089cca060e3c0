/** `evals` in `config/gatehouse.yaml`. */
import { z } from 'zod';

const modelName = z.string().min(1).max(200);

export const EvalSettings = z.strictObject({
  judge: modelName.default('best').describe('Which model judges answers where the scorer names none.'),
  embedding: modelName
    .optional()
    .describe('Whose vectors the scorer `similarity` compares where it names none; absent: letters are compared.'),
  models: z.int().min(1).max(20).default(8).describe('The most models of one run, its baseline included.'),
  parallel: z.int().min(1).max(64).default(4).describe('Cases of one run that are asked at a time.'),
});
