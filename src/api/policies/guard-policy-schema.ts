import { z } from 'zod';
import type { HeldPolicy, PolicyVersion } from '../../features/sanitization';
import { GuardChange, GuardPolicy } from '../../platform/config/guards';

export const TenantQuery = z.strictObject({
  tenant: z.uuid().optional().describe('The own tenant when absent; others for keys of the root tenant.'),
});
export type TenantQuery = z.output<typeof TenantQuery>;

export const HistoryQuery = z.strictObject({
  ...TenantQuery.shape,
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.coerce.number().int().min(1).optional(),
});
export type HistoryQuery = z.output<typeof HistoryQuery>;

export const NewGuardPolicy = z.strictObject({
  policy: GuardChange.describe(
    'Replaces what was set here before; an empty object leaves what the configuration says.',
  ),
  version: z
    .int()
    .min(0)
    .optional()
    .describe('The version that this one replaces: refused with 409 when there is a newer one.'),
});
export type NewGuardPolicy = z.output<typeof NewGuardPolicy>;

export const GuardPolicyView = z.object({
  tenant: z.uuid(),
  version: z.int().describe('0 while nothing was set here.'),
  policy: GuardChange.describe('What was set here.'),
  effective: GuardPolicy.describe('What holds.'),
  hash: z.string().describe('As records of calls name it.'),
});

export const GuardPolicyHistory = z.object({
  data: z.array(
    z.object({ version: z.int(), policy: GuardChange, changed_by: z.uuid(), changed_at: z.iso.datetime() }),
  ),
  next_cursor: z.string().nullable(),
});

export function policyView(tenant: string, policy: GuardChange, held: HeldPolicy): z.output<typeof GuardPolicyView> {
  const { version, policy: effective, hash } = held;
  return { tenant, version, policy, effective, hash };
}

export function historyView(versions: readonly PolicyVersion[], limit: number): z.output<typeof GuardPolicyHistory> {
  const shown = versions.slice(0, limit);
  return {
    data: shown.map(({ version, change, changedBy, changedAt }) => ({
      version,
      policy: change,
      changed_by: changedBy,
      changed_at: changedAt.toISOString(),
    })),
    next_cursor: versions.length > limit ? String(shown.at(-1)?.version) : null,
  };
}
