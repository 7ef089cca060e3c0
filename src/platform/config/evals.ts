/** The shape of a file in `config/evals/`: what models are asked, and how what they answer is judged. */
import { z } from 'zod';

/** Of all files together. */
export const SUITES = 100;
export const SUITE_BYTES = 2_097_152;
const CASES = 1_000;
const SCORERS = 20;

const modelName = z.string().min(1).max(200);
const share = z.number().min(0).max(1);
const text = z.string().min(1).max(100_000);
const word = z.string().min(1).max(1_000);

const common = {
  name: word.max(64).optional().describe('By which reports name it; its type when absent.'),
  weight: z.number().min(0).max(1_000).default(1).describe('What it counts among the scorers of its case.'),
};
const ignoring = {
  ignoreCase: z.boolean().default(false),
  ignoreSpace: z.boolean().default(true).describe('Space at the ends is left out, and runs of it are one blank.'),
  ignorePunctuation: z.boolean().default(false),
};

export const Scorer = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('exact'),
      ...common,
      ...ignoring,
      value: text.optional().describe('What the answer must be; `expect` of the case when absent.'),
    })
    .describe('The answer is this text.'),
  z
    .strictObject({
      type: z.literal('contains'),
      ...common,
      ...ignoring,
      values: z.array(word).min(1).max(100),
      match: z.enum(['all', 'any', 'none']).default('all').describe('How many of them must stand in it.'),
    })
    .describe('Texts stand in the answer. Of `all`, the share that does is the score.'),
  z
    .strictObject({
      type: z.literal('regex'),
      ...common,
      pattern: z.string().min(1).max(1_000).describe('RE2: no look-around and no back-references.'),
      ignoreCase: z.boolean().default(false),
      match: z.enum(['found', 'absent']).default('found'),
    })
    .describe('A pattern is found somewhere in the answer.'),
  z
    .strictObject({
      type: z.literal('json-schema'),
      ...common,
      schema: z.record(z.string(), z.json()).describe('Draft 2020-12 or 7.'),
    })
    .describe('The answer is JSON that conforms to a schema. One fence of Markdown around it is overlooked.'),
  z
    .strictObject({
      type: z.literal('similarity'),
      ...common,
      value: text.optional().describe('What the answer must be like; `expect` of the case when absent.'),
      model: modelName
        .optional()
        .describe('Whose vectors are compared; `evals.embedding` of gatehouse.yaml when absent, else letters are.'),
      min: share.default(0.8).describe('The least cosine that passes.'),
    })
    .describe('The answer means nearly the same as a text.'),
  z
    .strictObject({
      type: z.literal('judge'),
      ...common,
      rubric: text.max(20_000).describe('What a good answer is, as a person would be told who grades it.'),
      model: modelName.optional().describe('Which model judges; `evals.judge` of gatehouse.yaml when absent.'),
      min: share.default(0.7).describe('The least score that passes.'),
    })
    .describe('A model judges the answer.'),
]);
export type Scorer = z.output<typeof Scorer>;

const Parameters = z
  .strictObject({
    temperature: z.number().min(0).max(2).optional(),
    topP: share.optional(),
    maxTokens: z.int().min(1).max(1_000_000).optional(),
    stop: z.array(word.max(100)).min(1).max(4).optional(),
    seed: z.int().optional(),
    toolChoice: z.enum(['auto', 'none', 'required']).optional(),
  })
  .describe('Temperature is 0 where nothing else is said, and left out for a model that refuses it.');

const Message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: text });

const Tool = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, underscores and hyphens'),
  description: word.max(4_000).optional(),
  parameters: z.record(z.string(), z.json()).default({ type: 'object', properties: {} }),
});

const Case = z
  .strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, underscores and hyphens'),
    prompt: text.optional().describe('What the user says; or `messages`.'),
    messages: z.array(Message).min(1).max(100).optional(),
    system: text.optional().describe('Instead of the one of the suite.'),
    parameters: Parameters.optional(),
    tools: z.array(Tool).min(1).max(64).optional().describe('Called tools are scored as JSON: `{"tool_calls": […]}`.'),
    expect: text.optional().describe('The answer that scorers compare with.'),
    scorers: z.array(Scorer).min(1).max(SCORERS).optional().describe('Instead of those of the suite.'),
    weight: z.number().min(0).max(1_000).default(1).describe('What it counts in the score of a model.'),
    tags: z.array(word.max(64)).max(20).default([]).describe('Reports add up the cases of each.'),
  })
  .refine(
    ({ prompt, messages }) => (prompt === undefined) !== (messages === undefined),
    'needs a prompt or messages, and not both',
  );
export type EvalCase = z.output<typeof Case>;

const usd = z.number().min(0).max(1_000_000);
export const EvalThresholds = z.strictObject({
  minScore: share.optional(),
  minPassRate: share.optional(),
  maxErrors: z.int().min(0).optional().describe('Cases without an answer, or that could not be scored.'),
  maxCostUsd: usd.optional().describe('Of all answers of a model; what judges cost is told apart.'),
  maxCostPerCaseUsd: usd.optional().describe('Of the dearest answer.'),
  maxLatencyP95Ms: z.int().min(1).max(3_600_000).optional(),
  maxScoreDrop: share.optional().describe('Below the score of the baseline, where there is one.'),
});
export type EvalThresholds = z.output<typeof EvalThresholds>;

export const SuiteName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits and hyphens, and begin with a letter');

export const EvalSuite = z
  .strictObject({
    name: SuiteName,
    description: z.string().min(1).max(500),
    models: z
      .array(modelName)
      .min(1)
      .max(20)
      .default(['balanced'])
      .describe('What is asked where a run names nothing.'),
    system: text.optional(),
    parameters: Parameters.default({}),
    scorers: z.array(Scorer).min(1).max(SCORERS).optional().describe('Of cases that have none of their own.'),
    thresholds: EvalThresholds.default({ minPassRate: 1, maxErrors: 0 }).describe(
      'A model passes that keeps them all; where none are given, every case must pass.',
    ),
    cases: z.array(Case).min(1).max(CASES),
  })
  .superRefine((suite, problems) => {
    for (const [path, message] of mistakesIn(suite)) problems.addIssue({ code: 'custom', path: [...path], message });
  });
export type EvalSuite = z.output<typeof EvalSuite>;

type Mistake = readonly [path: readonly (string | number)[], message: string];

function* mistakesIn({ cases, scorers }: Pick<EvalSuite, 'cases' | 'scorers'>): Generator<Mistake> {
  const ids = new Set<string>();
  for (const [i, { id, expect, scorers: own, messages, weight }] of cases.entries()) {
    if (ids.has(id)) yield [['cases', i, 'id'], `${id} is taken`];
    ids.add(id);
    if (messages && messages.at(-1)?.role !== 'user')
      yield [['cases', i, 'messages'], 'the last one must be of the user'];
    if (!own && !scorers) yield [['cases', i], 'has no scorers, nor has the suite'];
    for (const [n, scorer] of (own ?? scorers ?? []).entries()) {
      const compares = scorer.type === 'exact' || scorer.type === 'similarity';
      if (!compares || scorer.value !== undefined || expect !== undefined) continue;
      yield own
        ? [['cases', i, 'scorers', n], `${scorer.type} needs a value, or the case an expect`]
        : [['cases', i, 'expect'], `is missing: the scorer ${scorer.type} of the suite compares with it`];
    }
    if (weight === 0 && cases.length === 1) yield [['cases', i, 'weight'], 'one case must count'];
  }
  if (cases.length > 1 && cases.every(({ weight }) => weight === 0))
    yield [['cases'], 'one of them must have a weight'];
}
