import { z } from 'zod';

/** Beside whatever is set. */
export const SetAgainst = {
  version: z
    .int()
    .min(0)
    .optional()
    .describe('The version that this one replaces: refused with 409 when there is a newer one.'),
};

export const ResetQuery = z.strictObject({ version: z.coerce.number().int().min(0).optional() });
export type ResetQuery = z.output<typeof ResetQuery>;

export const VersionQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.coerce.number().int().min(1).optional(),
});
export type VersionQuery = z.output<typeof VersionQuery>;
