import { z } from 'zod';
import type { ShredReport } from '../../features/audit';
import { Name } from '../admin/list-schema';
import { Reason, Ticket } from './filter-schema';

export const ShredBody = z.strictObject({
  basis: Name.max(200).describe('The legal ground, such as `GDPR 17(1)(b)`. It stands in the log in plain: no names.'),
  tenant: z.uuid().optional().describe("The person's tenant; your own when absent."),
  ticket: Ticket,
});
export type ShredBody = z.output<typeof ShredBody>;

export const ShredTenantBody = ShredBody.omit({ tenant: true });

export const Shredded = z.object({
  order: z.string(),
  entry: z.uuid().describe('The `key.shred` entry.'),
  tenant_keys: z.int(),
  data_keys: z.int().describe('How many keys of content were destroyed.'),
  subjects: z.int().describe('How many names were forgotten.'),
  purged: z
    .record(z.string(), z.int())
    .describe('What was removed that was kept beside the log: cached and idempotent answers, jobs, files.'),
  destroyed_at: z.iso.datetime(),
  final_at: z.iso.datetime().describe('When the last backup that has the keys is gone.'),
  waiting_for: z
    .array(z.string())
    .describe('Processes that have not confirmed that they dropped their copies; some may have died.'),
  safe_at: z.iso
    .datetime()
    .nullable()
    .describe('From when on the copies of all of them are too old to be used; null when every process has confirmed.'),
});

export function shreddedView(report: ShredReport): z.output<typeof Shredded> {
  return {
    order: report.order,
    entry: report.entryId,
    tenant_keys: report.tenantKeys,
    data_keys: report.dataKeys,
    subjects: report.subjects,
    purged: { ...report.purged },
    destroyed_at: report.destroyedAt.toISOString(),
    final_at: report.finalAt.toISOString(),
    waiting_for: report.silent.map(({ node }) => node),
    safe_at: safeAt(report)?.toISOString() ?? null,
  };
}

function safeAt({ silent }: ShredReport): Date | undefined {
  return silent.length ? new Date(Math.max(...silent.map(({ safeAt: at }) => at.getTime()))) : undefined;
}

export const SubjectExportQuery = z.strictObject({
  tenant: z.uuid().optional(),
  reason: Reason,
  ticket: Ticket,
});
export type SubjectExportQuery = z.output<typeof SubjectExportQuery>;
