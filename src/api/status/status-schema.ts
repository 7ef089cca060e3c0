import { z } from 'zod';
import { DEPENDENCIES } from '../../contract/control';

const Dependency = z.enum(DEPENDENCIES);
const Rows = z.array(z.record(z.string(), z.unknown()));

export const StatusView = z.object({
  status: z
    .enum(['ok', 'degraded', 'closed'])
    .describe('`closed`: calls are refused. `degraded`: something is away, and calls are served without it.'),
  dependencies: z.array(
    z.object({
      name: Dependency,
      status: z.enum(['up', 'down', 'not_configured']),
      since: z.iso.datetime().optional().describe('Where a change was noticed while this process ran.'),
      detail: z.string().optional(),
    }),
  ),
  controls: z
    .array(
      z.object({
        control: z.string(),
        dependency: Dependency,
        behaviour: z.enum(['open', 'closed', 'degraded', 'unaffected']),
        now: z.boolean().describe('The dependency is away at this moment.'),
        does: z.string().describe('What somebody sees then.'),
      }),
    )
    .describe('Every control × every dependency.'),
  models: z.array(z.string()).describe('Models that are retired or will be soon, and what to use instead.'),
  breakers: Rows.describe('Circuit breakers, by provider and model.'),
  keys: Rows.describe('Keys of providers, by their place in the list.'),
  bulkheads: Rows.describe('Calls under way and waiting, by tenant, model and provider.'),
  withdrawn: Rows.describe('Providers and models that incidents have asked last, or not at all.'),
  concurrency: Rows.describe('Calls under way of keys, users, tenants and models that have a limit, together.'),
  limits: Rows.describe(
    'Whether requests and tokens per minute are counted by all processes (`shared`) or each for itself (`process`).',
  ),
});
export type StatusView = z.output<typeof StatusView>;
