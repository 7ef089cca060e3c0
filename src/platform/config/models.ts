/** The shape of `config/models.yaml`: names callers may use, and what is known of the models behind them. */
import { z } from 'zod';
import { Target } from './policies';

/** What a call may need of a model beyond text. */
export const Capability = z.enum(['tools', 'images', 'documents']);
export type Capability = z.infer<typeof Capability>;

const name = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
export const AliasName = z.string().regex(name, 'must be 1 to 64 letters, digits, dots, underscores and hyphens');

/** The most models that may stand behind an alias where one is set at run time. */
const MOST_BEHIND = 20;
const MOST_VERSIONS = 100;

const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const life = {
  deprecatedAt: moment.describe('From then on answers, the log and a metric warn of it.'),
  retiresAt: moment.describe(
    'From then on it does not answer (`models.onRetired`). Without `deprecatedAt`, warnings begin at once.',
  ),
  replacement: z.union([Target, AliasName]).describe('What to use instead: an alias, or provider/model.'),
};
const lifecycle = {
  deprecatedAt: life.deprecatedAt.optional(),
  retiresAt: life.retiresAt.optional(),
  replacement: life.replacement.optional(),
};

export const ModelVersion = z.strictObject({
  model: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('What its provider calls it; the name of the model, a hyphen and the version when absent.'),
  ...lifecycle,
});
export type ModelVersion = z.infer<typeof ModelVersion>;

const operations = z.array(z.enum(['chat', 'embeddings']));
const facts = {
  maxOutputTokens: z.int().min(1).optional(),
  contextTokens: z.int().min(1).optional(),
  thinking: z
    .union([z.boolean(), z.enum(['adaptive', 'budget'])])
    .optional()
    .describe(
      'How it is told to think: false not at all, adaptive as it sees fit, budget within tokens, true either way.',
    ),
  sampling: z
    .boolean()
    .optional()
    .describe('False: it refuses temperature, top_p, top_k and penalties, which are then left out.'),
  stop: z.boolean().optional().describe('False: it refuses stop sequences, which are then left out.'),
  capabilities: z
    .array(Capability)
    .optional()
    .describe(
      'What it takes beside text. Absent: not known; it then stands in for another only in calls of plain text.',
    ),
  jsonSchema: z
    .boolean()
    .optional()
    .describe('False: it holds to no JSON schema, and does not answer calls to an alias that ask for that.'),
  versions: z
    .record(z.string().regex(name), ModelVersion)
    .refine((versions) => Object.keys(versions).length <= MOST_VERSIONS, `must be ${MOST_VERSIONS} at most`)
    .optional()
    .describe('Dated snapshots, each callable as `model@version`. What is not said of one is as of the model.'),
};

export const Model = z.strictObject({
  operations: operations.default(['chat']),
  ...facts,
  ...lifecycle,
  created: z.iso.date().optional(),
});
export type Model = z.infer<typeof Model>;

export const Shadow = z.strictObject({
  model: Target.max(300).describe('What is sent a share of the calls too. Callers never see its answers.'),
  share: z.number().gt(0).max(1).describe('Of the calls that a model answers.'),
  by: z
    .enum(['call', 'user'])
    .default('call')
    .describe('`call`: drawn for each call; `user`: all calls of some users, or of keys where no user is named.'),
  maxConcurrent: z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('At a time, in each process; some more wait, the rest are left out.'),
  timeoutMs: z.int().min(100).max(600_000).default(60_000).describe('How long one may take.'),
  tenants: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(100)
    .optional()
    .describe('Ids or names; all tenants when absent.'),
});
export type Shadow = z.infer<typeof Shadow>;

export const Models = z.strictObject({
  aliases: z
    .record(AliasName, z.array(Target).min(1))
    .default({})
    .describe('A name and the models it may stand for, best first; each stands in for those before it.'),
  models: z.record(Target, Model).default({}),
  shadows: z
    .record(z.union([AliasName, Target]), Shadow)
    .optional()
    .describe('An alias or model, and what a share of the calls to it is sent to as well: models.md.'),
});
export type Models = z.infer<typeof Models>;

/** What may be set about an alias while the gateway runs. */
const shadow = Shadow.nullable().optional().describe('Instead of what the file says; null: none.');

export const AliasSetting = z.strictObject({
  models: z
    .array(Target.max(300))
    .min(1)
    .max(MOST_BEHIND)
    .refine((targets) => new Set(targets).size === targets.length, 'must name each model once')
    .optional()
    .describe(
      'The models it may stand for, best first; each stands in for those before it. What the file says when absent.',
    ),
  shadow,
});
export type AliasSetting = z.infer<typeof AliasSetting>;

/** What may be set about a model while the gateway runs: each is stronger than what the file says of it; null takes it away. */
export const ModelSetting = z.strictObject({
  operations: operations.min(1).optional(),
  ...facts,
  deprecatedAt: life.deprecatedAt.nullable().optional(),
  retiresAt: life.retiresAt.nullable().optional(),
  replacement: life.replacement.nullable().optional(),
  shadow,
});
export type ModelSetting = z.infer<typeof ModelSetting>;
