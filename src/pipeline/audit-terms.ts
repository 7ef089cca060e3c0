import type { AuditMode, AuditSettings } from '../platform/config/audit-settings';
import { tenantEntry } from '../platform/config/effective-policy';

/** How a tenant's calls are recorded. */
export interface AuditTerms {
  readonly mode: AuditMode;
  readonly payload: AuditSettings['payload'];
}

export function auditTerms(settings: AuditSettings, tenant: { id: string; name: string }): AuditTerms {
  const own = settings.tenants[tenantEntry(settings, tenant) ?? ''];
  return { mode: own?.mode ?? settings.mode, payload: own?.payload ?? settings.payload };
}
