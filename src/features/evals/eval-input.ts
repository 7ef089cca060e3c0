import { z } from 'zod';

const modelName = z.string().min(1).max(200);

/** What an `eval` job is given. */
export const EvalInput = z.strictObject({
  suite: z.string().max(64),
  /** Of the suite as it was when the run was asked for. */
  hash: z.string().max(64),
  models: z.array(modelName).min(1),
  baseline: modelName.optional(),
});
export type EvalInput = z.output<typeof EvalInput>;

/** Every model that is asked, the baseline last, each once. */
export function modelsAsked({ models, baseline }: Pick<EvalInput, 'models' | 'baseline'>): readonly string[] {
  return [...new Set([...models.filter((model) => model !== baseline), ...(baseline === undefined ? [] : [baseline])])];
}
