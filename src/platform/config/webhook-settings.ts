import { z } from 'zod';
import { isAllowance } from '../outbound/outgoing-hosts';

const count = z.int().min(1);

export const WebhookSettings = z.strictObject({
  allow: z
    .array(
      z
        .string()
        .refine(
          isAllowance,
          'must be the name of a host in small letters, an address, or a network such as 10.0.0.0/8',
        ),
    )
    .max(100)
    .default([])
    .describe(
      'Hosts that webhooks may lead to although they are private, by name, address or network; over plain http as well.',
    ),
  attempts: count.max(50).default(15).describe('How often a webhook is tried before it is given up.'),
  backoffMs: count.max(3_600_000).default(5_000).describe('The wait after the first failure; it doubles with each.'),
  maxBackoffMs: count
    .max(86_400_000)
    .default(14_400_000)
    .describe('The longest of these waits, whatever a receiver asks for.'),
  timeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .describe('How long one try may take, from the look-up of the name to the head of the answer.'),
  concurrency: count.max(1_000).default(32).describe('Webhooks under way at a time, in each process.'),
  tenantConcurrency: count.max(1_000).default(8).describe('The same of one tenant, in all processes together.'),
  hostConcurrency: count
    .max(1_000)
    .default(4)
    .describe('The same of one tenant towards one host, in all processes together.'),
});
export type WebhookSettings = z.output<typeof WebhookSettings>;
