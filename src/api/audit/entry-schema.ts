import { z } from 'zod';
import { Filters, Reason, Ticket } from './filter-schema';

export const EntryQuery = Filters.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the next_cursor of the page before')
    .optional(),
});
export type EntryQuery = z.output<typeof EntryQuery>;

/** The signed part of an entry, with its position in the tree. */
export const EntryView = z.looseObject({
  index: z.int(),
  entry_id: z.uuid(),
  ts: z.iso.datetime(),
  event: z.string(),
});

const Content = z
  .enum(['none', 'kept', 'erased', 'lost'])
  .describe(
    '`none`: none was kept. `erased`: its key was destroyed; the entry and its proofs stand. `lost`: a restored key database does not know its key.',
  );

const Proof = z
  .object({
    leaf_hash: z.string().describe('Hex.'),
    index: z.int(),
    size: z.int(),
    hashes: z.array(z.string()).describe('Base64, from the leaf up (RFC 6962).'),
    checkpoint: z.string().describe('The signed note that they lead to.'),
  })
  .nullable()
  .describe('Null until the next checkpoint, about a second after the entry.');

export const EntryDetail = z.object({
  index: z.int(),
  header: z.looseObject({}),
  header_text: z.string().describe('The exact bytes that the leaf hash covers.'),
  committed_at: z.iso.datetime(),
  content: Content,
  proof: Proof,
});

export const CallReconstruction = z.object({
  request_id: z.string(),
  calls: z.array(
    z.object({
      tenant: z.string().nullable(),
      key: z.string().nullable(),
      outcome: z.string(),
      model: z.string().nullable(),
      model_resolved: z.string().nullable(),
      cost_usd: z.string().nullable(),
      flags: z.array(z.string()),
      policy: z.record(z.string(), z.string()),
      attempts: z.unknown().optional(),
      entries: z.array(EntryDetail),
    }),
  ),
});

export const RevealBody = z.strictObject({
  reason: Reason,
  ticket: Ticket,
  entries: z.array(z.uuid()).max(100).optional().describe('Others to ask the same approval for.'),
  break_glass: z
    .boolean()
    .optional()
    .describe('At once and without a second person; needs the roles admin and auditor, and owes a review.'),
});
export type RevealBody = z.output<typeof RevealBody>;

export const Revealed = z.object({
  entry_id: z.uuid(),
  index: z.int(),
  approval: z.uuid().nullable(),
  review: z.uuid().nullable().describe('The review that a break-glass owes.'),
  recorded_as: z.uuid().describe('The entry that tells of this reading.'),
  content: z.looseObject({}).describe('`request`, `response` and whatever else was kept.'),
});

export const Pending = z.object({
  approval: z.uuid(),
  status: z.literal('pending'),
  expires_at: z.iso.datetime(),
});
