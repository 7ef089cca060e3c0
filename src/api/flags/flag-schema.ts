import { z } from 'zod';
import { type Decision, type Flag, type FlagVersion, hasExpired } from '../../features/flags';
import { FlagDefinition, FlagName } from '../../platform/config/flags';

const MOST_TAGS = 16;

export const FlagParam = FlagName;

export const FlagQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: FlagName.optional().describe('The `next_cursor` of the page before.'),
});
export type FlagQuery = z.output<typeof FlagQuery>;

export const VersionQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.coerce.number().int().min(1).optional(),
});
export type VersionQuery = z.output<typeof VersionQuery>;

export const NewFlag = z.strictObject({
  flag: FlagDefinition.describe('Replaces all that the flag was.'),
  version: z
    .int()
    .min(0)
    .optional()
    .describe('The version that this one replaces: refused with 409 when there is a newer one.'),
});
export type NewFlag = z.output<typeof NewFlag>;

const name = z.string().min(1).max(256);
export const FlagQuestion = z.strictObject({
  context: z
    .strictObject({
      tenant: z.uuid().optional().describe('Your own when absent.'),
      key: z.uuid().optional().describe('The id of an API key; your own when absent.'),
      user: name.optional(),
      session: name.optional(),
      model: name.optional(),
      tags: z.array(name).max(MOST_TAGS).optional(),
    })
    .prefault({})
    .describe('As if such a call came in.'),
  at: z.iso.datetime({ offset: true }).optional().describe('As if it were then; now when absent.'),
});
export type FlagQuestion = z.output<typeof FlagQuestion>;

const Reason = z.enum(['target', 'bucket', 'schedule', 'default', 'killed', 'provider', 'error']);
export const FlagAnswer = z.object({
  flag: z.string(),
  variant: z.string(),
  value: z.json(),
  version: z.int(),
  reason: Reason,
  rule: z.string().nullable().describe('The rule that matched: its name, or its place in the list, from 0.'),
  bucket: z.int().nullable().describe('0 to 99,999; null where no share was asked.'),
  percent: z.number().nullable().describe('The share that was compared with it.'),
  provider: z.string().describe('Who evaluated it.'),
  error: z.string().nullable().describe('Why it could not be evaluated.'),
});

export const FlagView = z.object({
  name: z.string(),
  version: z.int().describe('0 while nothing was set here.'),
  declared: z.boolean().describe('It is as config/flags.yaml declares it.'),
  killed: z.boolean(),
  flag: FlagDefinition,
  hash: z.string(),
  percent: z.number().nullable().describe('The share of its rollout now; null where it has none.'),
  next_step: z.object({ at: z.iso.datetime(), percent: z.number() }).nullable(),
  warnings: z.array(z.string()),
});

export const FlagHistory = z.object({
  data: z.array(
    z.object({
      version: z.int(),
      killed: z.boolean(),
      flag: FlagDefinition.nullable().describe('null: as config/flags.yaml declares it.'),
      changed_by: z.uuid(),
      changed_at: z.iso.datetime(),
    }),
  ),
  next_cursor: z.string().nullable(),
});

export function flagView({ state, schedule, hash }: Flag, now: number): z.output<typeof FlagView> {
  const { name, version, declared, killed, definition } = state;
  const next = killed ? undefined : schedule?.next(now);
  return {
    name,
    version,
    declared,
    killed,
    flag: definition,
    hash,
    percent: schedule ? (killed ? 0 : schedule.at(now).percent) : null,
    next_step: next ? { at: new Date(next.at).toISOString(), percent: next.percent } : null,
    warnings: hasExpired(definition.expires, now) ? [`should be gone since ${definition.expires}`] : [],
  };
}

export function historyView(versions: readonly FlagVersion[], limit: number): z.output<typeof FlagHistory> {
  const shown = versions.slice(0, limit);
  return {
    data: shown.map(({ version, killed, definition, changedBy, changedAt }) => ({
      version,
      killed,
      flag: definition ?? null,
      changed_by: changedBy,
      changed_at: changedAt.toISOString(),
    })),
    next_cursor: versions.length > limit ? String(shown.at(-1)?.version) : null,
  };
}

export function answerView({ state }: Flag, decision: Decision, provider: string): z.output<typeof FlagAnswer> {
  const { variant, value, reason, rule = null, bucket = null, percent = null, error = null } = decision;
  // an object of the configuration is frozen, and only read
  return {
    flag: state.name,
    variant,
    value: value as z.output<typeof FlagAnswer>['value'],
    version: state.version,
    reason,
    rule,
    bucket,
    percent,
    provider,
    error,
  };
}
