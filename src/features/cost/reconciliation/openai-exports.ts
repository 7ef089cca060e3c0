import { z } from 'zod';
import { Amount, Model, ResultsOf, SecondsDay, Tokens } from './export-fields';
import type { ExportRow } from './export-row';

/** A bucket of `GET /v1/organization/usage/completions` or `…/embeddings`, best with `group_by=model`. */
export const OPENAI_USAGE = bucket(
  z.looseObject({
    model: Model,
    num_model_requests: Tokens.nullish(),
    input_tokens: Tokens,
    input_cached_tokens: Tokens.nullish(),
    output_tokens: Tokens.nullish(),
  }),
  ({ model, num_model_requests, input_tokens, input_cached_tokens, output_tokens }) => ({
    model,
    requests: num_model_requests ?? undefined,
    inputTokens: input_tokens,
    cachedTokens: input_cached_tokens ?? 0,
    outputTokens: output_tokens ?? 0,
  }),
);

/** A bucket of `GET /v1/organization/costs`, best with `group_by=line_item`: a line item begins with the name of the model. */
export const OPENAI_COSTS = bucket(
  z.looseObject({
    amount: z.looseObject({ value: Amount, currency: z.string().regex(/^usd$/i, 'must be usd') }),
    line_item: Model,
  }),
  ({ amount, line_item }) => ({ model: line_item?.split(',', 1)[0]?.trim(), cost: amount.value }),
);

function bucket<T extends z.ZodType>(result: T, rowOf: (read: z.output<T>) => Omit<ExportRow, 'day'>) {
  return z
    .looseObject({
      start_time: SecondsDay,
      // the older spelling
      result: ResultsOf(result).optional(),
      results: ResultsOf(result).optional(),
    })
    .refine(({ result: old, results }) => old ?? results, { path: ['results'], message: 'is missing' })
    .transform(({ start_time: day, result: old, results }): readonly ExportRow[] =>
      (results ?? old ?? []).map((read) => ({ day, ...rowOf(read) })),
    );
}
