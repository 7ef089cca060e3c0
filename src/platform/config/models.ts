/** The shape of `config/models.yaml`: names callers may use, and what is known of the models behind them. */
import { z } from 'zod';
import { Target } from './policies';

/** What a call may need of a model beyond text. */
export const Capability = z.enum(['tools', 'images', 'documents']);
export type Capability = z.infer<typeof Capability>;

export const Model = z.strictObject({
  operations: z.array(z.enum(['chat', 'embeddings'])).default(['chat']),
  maxOutputTokens: z.int().min(1).optional(),
  contextTokens: z.int().min(1).optional(),
  thinking: z
    .union([z.boolean(), z.enum(['adaptive', 'budget'])])
    .optional()
    .describe(
      'How it is told to think: false not at all, adaptive as it sees fit, budget within tokens, true either way.',
    ),
  sampling: z.boolean().optional().describe('False: it refuses temperature, top_p and top_k, which are then left out.'),
  capabilities: z
    .array(Capability)
    .optional()
    .describe(
      'What it takes beside text. Absent: not known; it then stands in for another only in calls of plain text.',
    ),
  created: z.iso.date().optional(),
});
export type Model = z.infer<typeof Model>;

export const AliasName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'must be 1 to 64 letters, digits, dots, underscores and hyphens');

/** The most models that may stand behind an alias where one is set at run time. */
const MOST_BEHIND = 20;

/** What may be set about an alias while the gateway runs. */
export const AliasSetting = z.strictObject({
  models: z
    .array(Target.max(300))
    .min(1)
    .max(MOST_BEHIND)
    .refine((targets) => new Set(targets).size === targets.length, 'must name each model once')
    .describe('The models it may stand for, best first; each stands in for those before it.'),
});
export type AliasSetting = z.infer<typeof AliasSetting>;

export const Models = z.strictObject({
  aliases: z
    .record(AliasName, z.array(Target).min(1))
    .default({})
    .describe('A name and the models it may stand for, best first; each stands in for those before it.'),
  models: z.record(Target, Model).default({}),
});
export type Models = z.infer<typeof Models>;
