/** The shape of `config/analyses.yaml`: analyses of the operator's own, beside the built-in ones. */
import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits and hyphens, and begin with a letter');
const parameterName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be 1 to 32 lower-case letters, digits and underscores');

const Parameter = z.strictObject({
  description: z.string().max(500).optional().describe('Shown to callers.'),
  values: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(100)
    .optional()
    .describe('What it may be; any text when absent.'),
  default: z
    .string()
    .max(200)
    .optional()
    .describe('What it is where the caller does not say; absent: the caller must.'),
});

/** What the built-in analyses are called. */
export const BUILT_IN_ANALYSES = ['sentiment', 'summary', 'classification', 'extraction', 'language'] as const;

export const AnalysisTemplate = z.strictObject({
  description: z.string().max(500).optional().describe('Shown to callers.'),
  instructions: z
    .string()
    .min(1)
    .max(20_000)
    .describe('What the model is asked to do with the text. `{{name}}` stands for a parameter.'),
  parameters: z.record(parameterName, Parameter).default({}),
  schema: z
    .record(z.string(), z.json())
    .describe('JSON schema of the result; an answer that does not conform is repaired once by the model, or refused.'),
  model: z.string().min(1).max(200).optional().describe('Which model is asked where the caller names none.'),
  maxTokens: z.int().min(16).max(128_000).default(4_000).describe('Of the answer, what the model thinks included.'),
});
export type AnalysisTemplate = z.infer<typeof AnalysisTemplate>;

export const Analyses = z.strictObject({
  analyses: z.record(name, AnalysisTemplate).default({}).describe('By the name that callers give as `analysis_type`.'),
});
export type Analyses = z.infer<typeof Analyses>;

/** Text that stands for a parameter. */
export const PLACEHOLDER = /\{\{([a-z][a-z0-9_]{0,31})\}\}/g;
