import { z } from 'zod';

export const VerificationView = z.object({
  id: z.uuid(),
  status: z.enum(['running', 'ok', 'failed', 'unknown']).describe('`unknown`: the process that ran it is gone.'),
  started_by: z.uuid().nullable().describe('Null: the nightly run.'),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  size: z.int().describe('The size of the checkpoint that it verifies up to.'),
  checked: z.int(),
  first_bad_index: z.int().nullable(),
  problems: z.array(z.object({ code: z.string(), detail: z.string(), index: z.int().optional() })),
});
