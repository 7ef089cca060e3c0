import { z } from 'zod';
import { TRY_FAILURES } from '../../features/jobs';

const LONGEST_URL = 2_000;
const MOST_OVERLAP_SECONDS = 2_592_000;

const Url = z.url().max(LONGEST_URL);

/** Whom to tell of the end of a job; a URL alone stands for an object with it. */
export const Webhook = z
  .union([Url.transform((url) => ({ url })), z.strictObject({ url: Url })])
  .describe('An https URL, or an object with `url`: it is told of the end of the job. See docs/webhooks.md.');

export const NewSecret = z.strictObject({
  tenant: z.uuid().optional().describe('For keys of the root tenant; the own one when absent.'),
  overlap_seconds: z
    .int()
    .min(0)
    .max(MOST_OVERLAP_SECONDS)
    .default(86_400)
    .describe('For so long messages are signed with the secret before as well.'),
});
export type NewSecret = z.output<typeof NewSecret>;

export const SecretQuery = z.strictObject({ tenant: z.uuid().optional() });
export type SecretQuery = z.output<typeof SecretQuery>;

export const SecretView = z.object({
  tenant: z.uuid(),
  created_at: z.iso.datetime(),
  previous_until: z.iso.datetime().nullable().describe('The secret before is used beside this one until then.'),
});
export type SecretView = z.output<typeof SecretView>;
export const CreatedSecret = SecretView.extend({
  secret: z.string().describe('`whsec_` and base64. It is not told again.'),
});

export const DeliveryView = z.object({
  id: z.uuid().describe('The `webhook-id` of the message.'),
  event: z.string(),
  status: z.enum(['pending', 'delivered', 'failed']),
  origin: z.string().describe('Where it goes, without path and query.'),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  next_try_at: z.iso.datetime().nullable().describe('Null when it has ended, or is under way.'),
  under_way: z.boolean(),
  attempts: z.int(),
  tries: z
    .array(
      z.object({
        at: z.iso.datetime(),
        duration_ms: z.int(),
        status: z.int().nullable().describe('Of the answer.'),
        failure: z.enum(TRY_FAILURES).nullable().describe('Why it did not succeed.'),
      }),
    )
    .describe('The newest 100, oldest first.'),
  links: z.object({ redeliver: z.string() }),
});
export type DeliveryView = z.output<typeof DeliveryView>;
export const DeliveryList = z.object({ data: z.array(DeliveryView) });
