import { z } from 'zod';
import { ENTITIES } from '../../contract/entities';
import { OPERATORS } from '../../platform/config/guards';

const CHARACTERS = 1_000_000;

export const SanitizeRequest = z.strictObject({
  text: z.string().max(CHARACTERS),
  provider: z.string().max(32).optional().describe('Towards which provider; one elsewhere when absent.'),
  untrusted: z.boolean().default(false).describe('Whether a tool or a document said it.'),
});
export type SanitizeRequest = z.output<typeof SanitizeRequest>;

export const SanitizeView = z.object({
  text: z.string().describe('As the provider would see it.'),
  findings: z.array(
    z.object({
      entity: z.enum(ENTITIES),
      start: z.int().describe('In UTF-16 units of the text as it was sent; `end` is exclusive.'),
      end: z.int(),
      confidence: z.number(),
      validated: z.boolean().describe('Check digits or the like agree.'),
      operator: z.enum(OPERATORS),
    }),
  ),
  blocked: z.boolean().describe('A call with this text would be refused.'),
  injection: z.object({
    score: z.number(),
    suspicious: z.boolean(),
    rules: z.array(z.object({ id: z.string(), family: z.string(), start: z.int(), end: z.int() })),
    rules_version: z.string(),
  }),
  guards: z.array(z.string()).describe('What really read the text, as `x-gatehouse-guards` of a call names it.'),
  flags: z
    .array(z.string())
    .describe('What did not: `pii.unavailable`, `injection.unavailable`, `injection.truncated`.'),
  policy: z.object({ version: z.int(), hash: z.string() }),
});
export type SanitizeView = z.output<typeof SanitizeView>;
