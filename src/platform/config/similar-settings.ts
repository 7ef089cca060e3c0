/** The part of `policies.yaml` that says when the answer to nearly the same question will do: `cache.similar`. */
import { z } from 'zod';

const similarity = z.number().min(0.5).max(1);

export const similarSettings = {
  enabled: z
    .boolean()
    .describe('Whether every call may be given the answer to nearly the same question, before a model is asked.'),
  onRequest: z.boolean().describe('Whether a call may ask for that with `x-gatehouse-cache: similar`.'),
  threshold: similarity.describe(
    'Least similarity of two questions: the cosine of their vectors. The second check is made beside it.',
  ),
  oneWordThreshold: similarity.describe(
    'Least similarity of two questions that differ in one word each. Only with an embedding model; 1 is never.',
  ),
  embedding: z
    .string()
    .max(200)
    .describe(
      'The model that makes the vectors: an alias or provider/model. Empty: letters are compared, not meaning.',
    ),
  embeddingMs: z.int().min(1).max(60_000).describe('Longest wait for that model; then letters are compared.'),
};

export const SIMILAR_DEFAULTS = {
  enabled: false,
  onRequest: true,
  threshold: 0.7,
  oneWordThreshold: 0.98,
  embedding: '',
  embeddingMs: 2_000,
};

export type SimilarPolicy = { readonly [K in keyof typeof similarSettings]: z.infer<(typeof similarSettings)[K]> };
