import { z } from 'zod';
import type { PurgeRequest } from '../../features/answers';

const Text = z.string().min(1).max(256);
const KINDS = ['user', 'model', 'tag', 'key'] as const;

export const PurgeQuery = z
  .strictObject({
    tenant: z.uuid().optional().describe('Your own when absent; another one only with a key of the root tenant.'),
    user: Text.optional().describe('Answers to calls for this end user, as the call named it.'),
    model: Text.optional().describe('A name as callers write it, or provider/model.'),
    tag: Text.optional().describe('Answers to calls with this tag.'),
    key: z.uuid().optional().describe('Answers to calls with the API key of this id.'),
  })
  .refine((query) => KINDS.filter((kind) => query[kind] !== undefined).length <= 1, {
    message: `only one of ${KINDS.join(', ')} can be given`,
  });
export type PurgeQuery = z.output<typeof PurgeQuery>;

export const Purged = z.object({ purged: z.int().describe('How many kept answers were removed.') });

/** Everything of the tenant where nothing narrower is asked. */
export function purgeOf(query: PurgeQuery, tenantId: string): PurgeRequest {
  for (const kind of KINDS) {
    const name = query[kind];
    if (name !== undefined) return { tenantId, by: { kind, name } };
  }
  return { tenantId };
}
