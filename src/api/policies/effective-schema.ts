import { z } from 'zod';
import { GuardPolicy } from '../../platform/config/guards';

export const EffectiveQuery = z.strictObject({
  model: z.string().min(1).max(200).describe('A name as a caller would write it.'),
  key: z.uuid().optional().describe('The id of an API key; your own when neither key nor tenant is given.'),
  tenant: z.uuid().optional().describe('The id of a tenant, for whatever key of it has no limits of its own.'),
  operation: z.enum(['chat', 'embeddings']).default('chat'),
});
export type EffectiveQuery = z.output<typeof EffectiveQuery>;

const Origin = z
  .string()
  .describe('The part of policies.yaml that says so: defaults, providers.x, models.x/y or tenants.x.');
const Fields = z.record(z.string(), z.object({ value: z.unknown(), from: Origin }));
const Limit = z.object({
  value: z.number().nullable(),
  from: z
    .string()
    .describe('key, settings, none, or the entry of gatehouse.yaml that says so: limits.users, limits.models.x …'),
});
const Limits = z.object({ requests_per_minute: Limit, tokens_per_minute: Limit, concurrency: Limit });

const CandidateView = z.object({
  provider: z.string(),
  model: z.string().describe("The provider's own name."),
  allowed: z.boolean().describe('The key may use it.'),
  withdrawn: z.enum(['last', 'out']).nullable().describe('An incident has it asked after all others, or not at all.'),
  policy: z.object({
    timeout: Fields,
    retry: Fields,
    breaker: Fields,
    keys: Fields,
    fallback: Fields,
    cache: Fields,
    degradation: Fields,
  }),
  bulkheads: z
    .array(z.object({ scope: z.enum(['tenant', 'model', 'provider']), name: z.string(), limits: Fields }))
    .describe('Those a call passes, in order; each counts for itself.'),
});

export const EffectiveView = z.object({
  model: z.string(),
  operation: z.enum(['chat', 'embeddings']),
  tenant: z.object({ id: z.uuid(), name: z.string() }),
  key: z
    .object({
      id: z.uuid(),
      name: z.string(),
      state: z.enum(['active', 'revoked', 'suspended', 'expired', 'tenant_disabled']),
      models: z.array(z.string()).describe('Patterns of what it may use; empty allows every model.'),
    })
    .nullable(),
  limits: z.object({
    requests_per_minute: Limit,
    address_requests_per_minute: Limit,
    tokens_per_minute: Limit,
    concurrency: Limit,
    user: Limits.describe('Of each user, for calls that name one.'),
    tenant: Limits,
    model: Limits.describe('Of the first model below that the key may use, for this tenant; stand-ins count on it.'),
  }),
  stages: z.array(z.string()).describe('What a call passes, in order.'),
  interceptors: z.array(z.string()).describe('What the call of a provider is wrapped in, outermost first.'),
  candidates: z.array(CandidateView).describe('The models that may answer, in order.'),
  guards: z
    .object({ version: z.int(), hash: z.string(), policy: GuardPolicy })
    .describe('What is done about personal data and hostile text; /v1/policies/guards sets it.'),
  not_running: z
    .array(
      z.object({
        control: z.string(),
        state: z.enum(['off', 'degraded']),
        candidate: z.string().optional().describe('provider/model, where it is only so for this one.'),
        why: z.string(),
      }),
    )
    .describe('Controls that do nothing for such a call, or less than they could.'),
});
export type EffectiveView = z.output<typeof EffectiveView>;
export type CandidateView = z.output<typeof CandidateView>;
