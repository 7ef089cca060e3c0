import { z } from 'zod';
import type { Tenant } from '../../features/tenancy';
import { Name } from './list-schema';

export const NewTenant = z.strictObject({ name: Name.describe('Unique, without regard to case.') });

export const TenantChange = z
  .strictObject({
    name: Name.optional(),
    disabled: z.boolean().optional().describe('While true, every key of the tenant is refused.'),
  })
  .refine((change) => Object.keys(change).length, 'nothing to change: give name or disabled');

export const TenantView = z.object({
  id: z.uuid(),
  name: z.string(),
  root: z.boolean(),
  created_at: z.iso.datetime(),
  disabled_at: z.iso.datetime().nullable(),
});

export function tenantView(tenant: Tenant): z.output<typeof TenantView> {
  return {
    id: tenant.id,
    name: tenant.name,
    root: tenant.root,
    created_at: tenant.createdAt.toISOString(),
    disabled_at: tenant.disabledAt?.toISOString() ?? null,
  };
}
