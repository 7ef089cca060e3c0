import { z } from 'zod';
import { BodyFilters, Period, Reason, Ticket } from './filter-schema';

export const ExportBody = z
  .strictObject({
    format: z.enum(['bundle', 'ndjson', 'ocsf']),
    ...Period,
    filters: BodyFilters.prefault({}),
    include_payloads: z.boolean().default(false).describe('Add the encrypted content (bundle).'),
    disclose_keys: z
      .boolean()
      .default(false)
      .describe('Add the keys of the entries, so that whoever has the bundle can read them; needs an approval.'),
    reason: Reason.optional(),
    ticket: Ticket,
  })
  .refine(({ disclose_keys, reason }) => !disclose_keys || reason !== undefined, {
    path: ['reason'],
    message: 'is required when keys are disclosed',
  })
  .refine(
    ({ format, include_payloads, disclose_keys }) => format === 'bundle' || !(include_payloads || disclose_keys),
    {
      path: ['format'],
      message: 'only a bundle carries content',
    },
  );
export type ExportBody = z.output<typeof ExportBody>;

export const ExportView = z.object({
  id: z.uuid(),
  tenant: z.uuid().nullable(),
  actor: z.uuid(),
  format: z.string(),
  status: z.enum(['running', 'complete', 'failed', 'unknown']),
  entries: z.int(),
  bytes: z.int(),
  sha256: z.string().nullable().describe('Of the whole file; also in the second `audit.export` entry.'),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
});
