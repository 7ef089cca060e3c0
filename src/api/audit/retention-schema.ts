import { z } from 'zod';
import { planStatus, type RetentionPlan } from '../../features/audit';

const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM');

export const NewPlan = z.strictObject({ month: Month });
export const PlanApproval = z
  .strictObject({
    archive: z.boolean().optional().describe('Keep a bundle of the month first, where archives are configured.'),
  })
  .default({});

export const PlanView = z.object({
  id: z.uuid(),
  month: Month,
  status: z.enum(['planned', 'approved', 'dropped']),
  planned_by: z.uuid(),
  planned_at: z.iso.datetime(),
  approved_by: z.uuid().nullable(),
  approved_at: z.iso.datetime().nullable(),
  seal: z
    .object({ first: z.int(), last: z.int(), root: z.string(), tenants: z.record(z.string(), z.int()) })
    .nullable(),
  archive: z.object({ file: z.string(), sha256: z.string(), bytes: z.int() }).nullable(),
  drop_entry: z.uuid().nullable(),
  dropped_at: z.iso.datetime().nullable(),
});

export const RetentionView = z.object({
  retention_months: z.int(),
  floor_months: z.int(),
  segments: z.array(
    z.object({
      month: Month,
      first: z.int(),
      last: z.int(),
      entries: z.int(),
      bytes: z.int().nullable().describe('Null when it was dropped.'),
      may_go_from: z.iso.datetime(),
      held_by: z.array(z.uuid()).describe('Legal holds that forbid it.'),
      status: z.enum(['current', 'kept', 'due', 'planned', 'approved', 'dropped']),
      plan: z.uuid().nullable(),
    }),
  ),
});

export function planView(plan: RetentionPlan): z.output<typeof PlanView> {
  const { seal } = plan;
  return {
    id: plan.id,
    month: plan.month,
    status: planStatus(plan),
    planned_by: plan.plannedBy,
    planned_at: plan.plannedAt.toISOString(),
    approved_by: plan.approvedBy,
    approved_at: plan.approvedAt?.toISOString() ?? null,
    seal: seal && { first: seal.first, last: seal.last, root: seal.root, tenants: { ...seal.tenants } },
    archive: plan.archive,
    drop_entry: plan.dropEntry,
    dropped_at: plan.droppedAt?.toISOString() ?? null,
  };
}
