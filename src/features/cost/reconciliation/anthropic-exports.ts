import { z } from 'zod';
import { Amount, Model, MomentDay, ResultsOf, Tokens } from './export-fields';
import type { ExportRow } from './export-row';

const CENTS_PER_DOLLAR = 100n;

/** A bucket of `GET /v1/organizations/usage_report/messages`, best with `group_by[]=model`. */
export const ANTHROPIC_USAGE = bucket(
  z.looseObject({
    model: Model,
    uncached_input_tokens: Tokens,
    cache_read_input_tokens: Tokens.nullish(),
    cache_creation: z
      .looseObject({
        ephemeral_5m_input_tokens: Tokens.nullish(),
        ephemeral_1h_input_tokens: Tokens.nullish(),
      })
      .nullish(),
    output_tokens: Tokens,
  }),
  ({ model, uncached_input_tokens, cache_read_input_tokens, cache_creation, output_tokens }) => {
    const cachedTokens = cache_read_input_tokens ?? 0;
    const written = (cache_creation?.ephemeral_5m_input_tokens ?? 0) + (cache_creation?.ephemeral_1h_input_tokens ?? 0);
    return {
      model,
      inputTokens: uncached_input_tokens + cachedTokens + written,
      cachedTokens,
      outputTokens: output_tokens,
    };
  },
);

/** A bucket of `GET /v1/organizations/cost_report`, best with `group_by[]=description`. Amounts are in cents. */
export const ANTHROPIC_COST = bucket(
  z.looseObject({
    amount: Amount,
    currency: z.string().regex(/^usd$/i, 'must be USD'),
    model: Model,
  }),
  ({ amount, model }) => ({ model, cost: amount / CENTS_PER_DOLLAR }),
);

function bucket<T extends z.ZodType>(result: T, rowOf: (read: z.output<T>) => Omit<ExportRow, 'day'>) {
  return z
    .looseObject({ starting_at: MomentDay, results: ResultsOf(result) })
    .transform(({ starting_at: day, results }): readonly ExportRow[] =>
      results.map((read) => ({ day, ...rowOf(read) })),
    );
}
