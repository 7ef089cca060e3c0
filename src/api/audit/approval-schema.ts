import { z } from 'zod';
import { type Approval, APPROVAL_KINDS, statusOf } from '../../features/audit';
import { Name } from '../admin/list-schema';

export const Decision = z.strictObject({ comment: Name.max(2_000).optional() }).default({});

export const ApprovalView = z.object({
  id: z.uuid(),
  kind: z.enum(APPROVAL_KINDS),
  tenant: z.uuid(),
  targets: z.array(z.string()).describe('Entry ids, a reference to a person, or the hash of a request.'),
  reason: z.string(),
  ticket: z.string().nullable(),
  request: z.unknown().describe('What exactly is asked for, where the targets do not say it.'),
  log_size: z
    .int()
    .nullable()
    .describe('Of what is found by a filter or a person: only entries with a lower index are agreed to.'),
  status: z.enum(['pending', 'approved', 'denied', 'used', 'expired']),
  asked_by: z.uuid().describe('An API key.'),
  asked_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  decided_by: z.uuid().nullable(),
  decided_at: z.iso.datetime().nullable(),
});

export function approvalView(approval: Approval): z.output<typeof ApprovalView> {
  return {
    id: approval.id,
    kind: approval.kind,
    tenant: approval.tenant,
    targets: [...approval.targets],
    reason: approval.words.reason,
    ticket: approval.words.ticket ?? null,
    request: approval.words.request ?? null,
    log_size: approval.words.logSize ?? null,
    status: statusOf(approval, Date.now()),
    asked_by: approval.askedBy,
    asked_at: approval.askedAt.toISOString(),
    expires_at: approval.expiresAt.toISOString(),
    decided_by: approval.decidedBy,
    decided_at: approval.decidedAt?.toISOString() ?? null,
  };
}

export function pendingView({ id, expiresAt }: Approval) {
  return { approval: id, status: 'pending' as const, expires_at: expiresAt.toISOString() };
}
