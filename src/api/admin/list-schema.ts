import { z } from 'zod';

export const Name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters');

/** The query of every list. */
export const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.uuid().optional().describe('The `next_cursor` of the page before.'),
});

/** Of routes that are told everything in the body: a tenant that stood in the query would be passed over in silence. */
export const NoQuery = z.strictObject({});
export type NoQuery = z.output<typeof NoQuery>;

export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}
