import { z } from 'zod';
import type { AfterReview } from '../../features/audit';
import { Name } from '../admin/list-schema';

export const Finding = z.strictObject({ finding: Name.min(3).max(4_000) });

export const ReviewView = z.object({
  id: z.uuid(),
  tenant: z.uuid(),
  entry: z.uuid().describe('What was revealed.'),
  break_glass_entry: z.uuid(),
  reason: z.string(),
  ticket: z.string().nullable(),
  opened_by: z.uuid().describe('The API key that broke the glass.'),
  opened_at: z.iso.datetime(),
  closed_by: z.uuid().nullable(),
  closed_at: z.iso.datetime().nullable(),
  finding: z.string().nullable(),
});

export function reviewView(review: AfterReview): z.output<typeof ReviewView> {
  return {
    id: review.id,
    tenant: review.tenant,
    entry: review.entry,
    break_glass_entry: review.breakGlassEntry,
    reason: review.words.reason,
    ticket: review.words.ticket ?? null,
    opened_by: review.openedBy,
    opened_at: review.openedAt.toISOString(),
    closed_by: review.closedBy,
    closed_at: review.closedAt?.toISOString() ?? null,
    finding: review.finding,
  };
}
