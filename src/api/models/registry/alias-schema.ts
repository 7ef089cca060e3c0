import { z } from 'zod';
import type { Alias, SettingVersion } from '../../../features/models';
import { AliasName, AliasSetting, Shadow } from '../../../platform/config/models';
import { SetAgainst } from './setting-schema';

export const AliasParam = AliasName;

export const AliasQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: AliasName.optional().describe('The `next_cursor` of the page before.'),
});
export type AliasQuery = z.output<typeof AliasQuery>;

export const NewAlias = AliasSetting.extend(SetAgainst);
export type NewAlias = z.output<typeof NewAlias>;

export const AliasView = z.object({
  alias: z.string(),
  models: z.array(z.string()).describe('What it stands for, best first.'),
  version: z.int().describe('0 while nothing was set here.'),
  declared: z.boolean().describe('It is as config/models.yaml declares it.'),
  shadow: Shadow.nullable().describe('What a share of its calls is sent to as well.'),
});

export const AliasHistory = z.object({
  data: z.array(
    z.object({
      version: z.int(),
      models: z.array(z.string()).nullable().describe('null: as config/models.yaml declares it.'),
      shadow: Shadow.nullable(),
      changed_by: z.uuid(),
      changed_at: z.iso.datetime(),
    }),
  ),
  next_cursor: z.string().nullable(),
});

export function aliasView({ alias, models, version, declared, shadow }: Alias): z.output<typeof AliasView> {
  return { alias, models: [...models], version, declared, shadow: shadow ?? null };
}

export function historyView(
  versions: readonly SettingVersion<AliasSetting>[],
  limit: number,
): z.output<typeof AliasHistory> {
  const shown = versions.slice(0, limit);
  return {
    data: shown.map(({ version, setting, changedBy, changedAt }) => ({
      version,
      models: setting?.models ?? null,
      shadow: setting?.shadow ?? null,
      changed_by: changedBy,
      changed_at: changedAt.toISOString(),
    })),
    next_cursor: versions.length > limit ? String(shown.at(-1)?.version) : null,
  };
}
