import { z } from 'zod';
import type { ModelEntry, SettingVersion } from '../../../features/models';
import { Model, ModelSetting, Shadow } from '../../../platform/config/models';
import { Target } from '../../../platform/config/policies';
import { SetAgainst } from './setting-schema';

export const ModelParam = Target.max(300);

export const ModelQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: ModelParam.optional().describe('The `next_cursor` of the page before.'),
});
export type ModelQuery = z.output<typeof ModelQuery>;

export const NewModel = z.strictObject({
  model: ModelSetting.describe('Replaces all that was set here; stronger than config/models.yaml.'),
  ...SetAgainst,
});
export type NewModel = z.output<typeof NewModel>;

export const ModelView = z.object({
  name: z.string().describe('provider/model'),
  status: z.enum(['active', 'deprecated', 'retired']),
  deprecated_at: z.iso.datetime().nullable(),
  retires_at: z.iso.datetime().nullable(),
  replacement: z.string().nullable(),
  aliases: z.array(z.string()).describe('Aliases that may stand for it.'),
  model: Model.describe('What is known of it.'),
  shadow: Shadow.nullable().describe('What a share of its calls is sent to as well.'),
  version: z.int().describe('0 while nothing was set here.'),
  declared: z.boolean().describe('It is as config/models.yaml declares it.'),
});

export const ModelHistory = z.object({
  data: z.array(
    z.object({
      version: z.int(),
      model: ModelSetting.nullable().describe('null: as config/models.yaml declares it.'),
      changed_by: z.uuid(),
      changed_at: z.iso.datetime(),
    }),
  ),
  next_cursor: z.string().nullable(),
});

export function modelView(entry: ModelEntry): z.output<typeof ModelView> {
  const { name, status, lifecycle, aliases, model, shadow, version, declared } = entry;
  return {
    name,
    status,
    deprecated_at: iso(lifecycle?.deprecatedAt),
    retires_at: iso(lifecycle?.retiresAt),
    replacement: lifecycle?.replacement ?? null,
    aliases: [...aliases],
    model,
    shadow: shadow ?? null,
    version,
    declared,
  };
}

export function modelHistoryView(
  versions: readonly SettingVersion<ModelSetting>[],
  limit: number,
): z.output<typeof ModelHistory> {
  const shown = versions.slice(0, limit);
  return {
    data: shown.map(({ version, setting, changedBy, changedAt }) => ({
      version,
      model: setting ?? null,
      changed_by: changedBy,
      changed_at: changedAt.toISOString(),
    })),
    next_cursor: versions.length > limit ? String(shown.at(-1)?.version) : null,
  };
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
