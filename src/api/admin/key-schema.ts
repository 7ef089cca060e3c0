import { z } from 'zod';
import { ROLES } from '../../contract/caller';
import type { ApiKey } from '../../features/tenancy';
import { ListQuery, Name } from './list-schema';

const count = z.int().min(1).max(2_147_483_647);
const Roles = z.array(z.enum(ROLES)).min(1).max(ROLES.length);
const ModelPattern = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s*\p{Cc}\p{Cs}]*\*?$/u, 'must be a name, or a beginning followed by *');

const Limits = z.strictObject({
  rpm: count.optional().describe('Requests per minute.'),
  tpm: count.optional().describe('Tokens per minute, of prompts and answers.'),
  concurrency: count.optional().describe('Calls under way at the same time.'),
});

export const NewKey = z.strictObject({
  name: Name,
  tenant: z.uuid().optional().describe("The tenant's id; your own when absent."),
  roles: Roles.default(['client']).describe('You can only grant roles that your own key has.'),
  models: z.array(ModelPattern).max(100).default([]).describe('Names or prefix* patterns; empty allows every model.'),
  limits: Limits.default({}),
  expires_at: z.iso
    .datetime({ offset: true })
    .refine((text) => Date.parse(text) > Date.now(), 'must lie in the future')
    .optional(),
});

export const KeyQuery = ListQuery.extend({ tenant: z.uuid().optional() });

export const KeyView = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().describe('The first characters of the key.'),
  tenant: z.uuid(),
  roles: z.array(z.enum(ROLES)),
  models: z.array(z.string()),
  limits: Limits,
  created_at: z.iso.datetime(),
  created_by: z.uuid().nullable().describe('The key that made this one.'),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
  suspended_at: z.iso.datetime().nullable().describe('Since when an incident keeps it from being accepted.'),
  suspended_by: z.uuid().nullable().describe('That incident.'),
  last_used_on: z.iso.date().nullable().describe('The day (UTC) the key was last seen.'),
});

export const CreatedKey = KeyView.extend({ key: z.string().describe('Shown this once: it is not kept.') });

export function keyView(key: ApiKey): z.output<typeof KeyView> {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    tenant: key.tenantId,
    roles: key.roles,
    models: key.models,
    limits: {
      ...(key.rpm !== null && { rpm: key.rpm }),
      ...(key.tpm !== null && { tpm: key.tpm }),
      ...(key.concurrency !== null && { concurrency: key.concurrency }),
    },
    created_at: key.createdAt.toISOString(),
    created_by: key.createdBy,
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    suspended_at: key.suspendedAt?.toISOString() ?? null,
    suspended_by: key.suspendedBy,
    last_used_on: key.lastUsedOn,
  };
}
