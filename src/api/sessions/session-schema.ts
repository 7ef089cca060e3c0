import { z } from 'zod';

export const TurnsQuery = z.strictObject({
  tenant: z.uuid().optional().describe('Your own, unless your key belongs to the root tenant and governs.'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the next_cursor of the page before')
    .optional()
    .describe('The `next_cursor` of the page before.'),
});
export type TurnsQuery = z.output<typeof TurnsQuery>;

const Count = z.int();
const Usage = z.object({
  input_tokens: Count,
  cache_read_tokens: Count,
  cache_write_tokens: Count,
  output_tokens: Count,
  thinking_tokens: Count,
  estimated: z.boolean().describe('Counted here because the provider did not say.'),
});

const Turn = z.object({
  turn: z.int().nullable().describe('The number of the call in its session, from 1; null for a call that got none.'),
  created_at: z.iso.datetime(),
  request_id: z.string(),
  status: z.string().describe('As in `GET /v1/requests/:id`.'),
  error_code: z.string().nullable(),
  operation: z.string().nullable(),
  model: z.string().nullable().describe('As it was asked for.'),
  provider: z.string().nullable(),
  provider_model: z.string().nullable(),
  usage: Usage.nullable(),
  cost_usd: z.string().nullable(),
  cache: z.string().nullable(),
  repeated: z.boolean(),
  latency_ms: z.int().nullable(),
  audit: z.string().describe('The newest entry of the log about the call.'),
});

export const SessionView = z.object({
  session_ref: z.string().describe('The pseudonym of the session in audit, usage and logs.'),
  data: z.array(Turn),
  next_cursor: z.string().nullable(),
});
