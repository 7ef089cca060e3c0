import { z } from 'zod';
import type { RotationProgress } from '../../features/audit';

export const RotateBody = z.strictObject({
  level: z
    .enum(['kek', 'tenant', 'subject', 'signing'])
    .describe(
      'kek: what wraps the keys of tenants; tenant: what wraps data keys; subject: data keys; signing: the key of the log.',
    ),
  tenant: z.uuid().optional(),
  user: z.string().min(1).max(512).optional(),
});
export type RotateBody = z.output<typeof RotateBody>;

export const RotationView = z.object({
  id: z.string().nullable(),
  level: z.enum(['kek', 'tenant', 'subject', 'signing']),
  tenant: z.string().nullable(),
  month: z.string().nullable(),
  user_ref: z.string().nullable(),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  total: z.int().nullable(),
  renewed: z.int(),
  left_over: z.int().nullable(),
  vkey: z.string().optional().describe('Of the level signing: the new verifier key.'),
});
export const RotationList = z.object({ data: z.array(RotationView) });

export function rotationView(progress: RotationProgress): z.output<typeof RotationView> {
  return {
    id: progress.id,
    level: progress.level === 'data' ? 'subject' : progress.level,
    tenant: progress.tenant,
    month: progress.month,
    user_ref: progress.subject,
    started_at: progress.startedAt.toISOString(),
    finished_at: progress.finishedAt?.toISOString() ?? null,
    total: progress.total,
    renewed: progress.renewed,
    left_over: progress.leftOver,
  };
}

/** Done when it is announced: the next checkpoint takes it up. */
export function signingView(vkey: string): z.output<typeof RotationView> {
  const now = new Date().toISOString();
  const nobodys = { tenant: null, month: null, user_ref: null };
  return {
    id: null,
    level: 'signing',
    ...nobodys,
    started_at: now,
    finished_at: now,
    total: 1,
    renewed: 1,
    left_over: 0,
    vkey,
  };
}
