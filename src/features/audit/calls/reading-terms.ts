import type { Caller } from '../../../contract/caller';
import type { AuditLog } from '../audit-log';

/** A call that is still open this long after its longest deadline will never be closed: its process is gone. */
export const UNKNOWN_AFTER_MS = 300_000;

/** Who reads calls of others. */
const GOVERNING = ['auditor', 'operator', 'admin'] as const;

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
  if (!GOVERNING.some((role) => caller.roles.has(role))) return;
  await log.append({
    facts: { event: 'audit.read', tenant: caller.tenantId, actor: caller.keyId, metadata: what },
  });
}
