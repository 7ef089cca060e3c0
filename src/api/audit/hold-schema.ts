import { z } from 'zod';
import type { Hold } from '../../features/audit';
import { Period, Reason } from './filter-schema';

const Scope = z.strictObject({
  tenant: z.uuid().optional(),
  user: z.string().min(1).max(512).optional().describe('As the application named it.'),
  request_ids: z.array(z.string().min(1).max(200)).min(1).max(1_000).optional(),
  ...Period,
});

export const NewHold = z.strictObject({
  scope: Scope.describe('Everything that matches all of it; empty means everything.'),
  reason: Reason,
});
export type NewHold = z.output<typeof NewHold>;

export const HoldView = z.object({
  id: z.uuid(),
  scope: z.object({
    tenant: z.uuid().nullable(),
    user_ref: z.string().nullable(),
    request_ids: z.array(z.string()).nullable(),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
  }),
  reason: z.string(),
  placed_by: z.uuid(),
  placed_at: z.iso.datetime(),
  entry: z.uuid().nullable(),
  released_by: z.uuid().nullable(),
  released_at: z.iso.datetime().nullable(),
});

export function holdView({ scope, ...hold }: Hold): z.output<typeof HoldView> {
  return {
    id: hold.id,
    scope: {
      tenant: scope.tenant ?? null,
      user_ref: scope.subject ?? null,
      request_ids: scope.requestIds ? [...scope.requestIds] : null,
      from: scope.from?.toISOString() ?? null,
      to: scope.to?.toISOString() ?? null,
    },
    reason: hold.words.reason,
    placed_by: hold.placedBy,
    placed_at: hold.placedAt.toISOString(),
    entry: hold.entryId,
    released_by: hold.releasedBy,
    released_at: hold.releasedAt?.toISOString() ?? null,
  };
}
