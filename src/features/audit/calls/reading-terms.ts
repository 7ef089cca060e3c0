import type { Caller } from '../../../contract/caller';
import type { AuditLog } from '../audit-log';
import { tenantAsked } from '../review/whose';

/** A call that is still open this long after its longest deadline will never be closed: its process is gone. */
export const UNKNOWN_AFTER_MS = 300_000;

/** Who reads calls of others. */
const GOVERNING = ['auditor', 'operator', 'admin'] as const;
const governs = ({ roles }: Caller) => GOVERNING.some((role) => roles.has(role));

/**
 * The tenant whose calls are read: of other tenants only by a key of the root tenant that governs.
 * @param asked what the request names
 * @returns undefined: all tenants
 * @throws GatewayError `not_found` for a tenant that the caller must not know of
 */
export function tenantRead(caller: Caller, asked?: string): string | undefined {
  return tenantAsked({ ...caller, root: caller.root && governs(caller) }, asked);
}

/**
 * That somebody who governs reads calls is on the record before the answer; who asks for calls of its own is not.
 * @param what it is that is read
 * @throws GatewayError `audit_unavailable`
 */
export async function recordReading(
  log: AuditLog,
  caller: Caller,
  what: Readonly<Record<string, string>>,
): Promise<void> {
  if (!governs(caller)) return;
  await log.append({
    facts: { event: 'audit.read', tenant: caller.tenantId, actor: caller.keyId, metadata: what },
  });
}
