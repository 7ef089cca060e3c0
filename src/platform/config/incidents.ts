/** The shape of `config/incidents.yaml`: when something is an incident, who is told, and what the gateway does about it by itself. */
import { z } from 'zod';
import { FlagName } from './flags';
import { HttpUrl, SecretReference } from './setting-types';

/** What a rule may be about, by what it is measured on. */
export const SCOPES = [
  'provider',
  'model',
  'tenant',
  'key',
  'guard',
  'dependency',
  'secret',
  'audit',
  'queue',
  'gateway',
] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * How what is heard becomes one number. `ratio`: the share of bad ones; `p95`: 95 of 100 are no more than that; `count`: how
 * many; `level`: the last that was told; `rise`: how much a level grew.
 */
export type Measure = 'ratio' | 'p95' | 'count' | 'level' | 'rise';
interface SignalKind {
  readonly measure: Measure;
  /** The first is the usual one. */
  readonly scopes: readonly [Scope, ...Scope[]];
}

export const SIGNALS = {
  /** The share of times that a provider was asked and failed; of a tenant or the gateway: of calls that failed. 0 to 1. */
  error_rate: { measure: 'ratio', scopes: ['provider', 'model', 'tenant', 'gateway'] },
  /** Milliseconds until a provider's answer began, or until the answer to the call was complete. */
  latency: { measure: 'p95', scopes: ['provider', 'model', 'tenant', 'gateway'] },
  /** Times that a circuit breaker opened. */
  breaker: { measure: 'count', scopes: ['provider', 'model'] },
  /** Times that another model was asked instead. */
  fallbacks: { measure: 'count', scopes: ['provider', 'model'] },
  /** The largest share of a limit that is spent or held; 1 is all of it. */
  budget_used: { measure: 'level', scopes: ['tenant'] },
  /** How much that share grew. */
  budget_burn: { measure: 'rise', scopes: ['tenant'] },
  /** 1 while a model that reads calls does not answer. */
  guard_down: { measure: 'level', scopes: ['guard'] },
  /** 1 while something about the audit log is wrong: it stopped, does not verify, or what watches over it failed. */
  audit_trouble: { measure: 'level', scopes: ['audit'] },
  /** Times that entries could not be made durable, or were lost. */
  audit_refused: { measure: 'count', scopes: ['audit'] },
  /** Seconds that the oldest entry waits for a checkpoint. */
  checkpoint_age: { measure: 'level', scopes: ['audit'] },
  /** Jobs that are due. */
  queue_depth: { measure: 'level', scopes: ['queue'] },
  /** Jobs that were given up. */
  dead_jobs: { measure: 'count', scopes: ['queue'] },
  /** 1 while a secret cannot be read anew. */
  secret_unreadable: { measure: 'level', scopes: ['secret'] },
  /** 1 while a dependency is away. */
  dependency_down: { measure: 'level', scopes: ['dependency'] },
  /** Times that somebody was turned away by the door. */
  access_refused: { measure: 'count', scopes: ['key', 'gateway'] },
  /** Calls that the guards turned away. */
  prompts_rejected: { measure: 'count', scopes: ['key', 'tenant', 'gateway'] },
} as const satisfies Record<string, SignalKind>;
export type SignalName = keyof typeof SIGNALS;

/** From the least to the gravest. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
/** `30s`, `5m`, `2h`: milliseconds. */
const Duration = z
  .string()
  .regex(/^\d{1,4}[smh]$/, 'must be a number and s, m or h: 30s, 5m, 2h')
  .transform((text) => Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1) as keyof typeof UNIT_MS]);
const longer = (text: string) => !/^0+[smh]$/.test(text);
const Wait = z.string().refine(longer, 'must be longer than nothing').pipe(Duration);

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits and hyphens, and begin with a letter');

const Channel = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('webhook'),
      url: HttpUrl,
      secret: SecretReference.describe(
        'With which messages are signed as Standard Webhooks asks: `whsec_` and base64.',
      ),
    })
    .describe('JSON to a receiver of yours.'),
  z
    .strictObject({
      type: z.literal('slack'),
      url: SecretReference.describe('Of an incoming webhook: whoever knows it may post.'),
    })
    .describe('A Slack incoming webhook, or what understands its messages.'),
  z
    .strictObject({
      type: z.literal('pagerduty'),
      routingKey: SecretReference.describe('The integration key of a service, 32 characters.'),
      url: HttpUrl.default('https://events.pagerduty.com/v2/enqueue').describe('Elsewhere for the EU.'),
    })
    .describe("PagerDuty's Events API v2."),
]);
export type Channel = z.infer<typeof Channel>;

const When = z.strictObject({
  signal: z.enum(Object.keys(SIGNALS) as [SignalName, ...SignalName[]]),
  scope: z
    .enum(SCOPES)
    .optional()
    .describe('What it is measured on, each for itself; the usual one of the signal when absent.'),
  only: z
    .array(z.string().min(1).max(256))
    .min(1)
    .max(100)
    .optional()
    .describe('Names or ids of what is looked at; everything when absent.'),
  threshold: z.number().gt(0).max(1e12).describe('From this value on it is heard.'),
  over: Wait.prefault('1m').describe('The stretch of time that is measured; at most an hour.'),
  for: Duration.prefault('0s').describe('How long it must stay so before it counts.'),
  minCalls: z.int().min(1).max(1_000_000).default(20).describe('For rates and latencies: fewer say nothing.'),
});

const Revert = z
  .union([z.literal('onResolve'), z.literal('manual'), z.strictObject({ after: Wait })])
  .default('onResolve')
  .describe(
    '`onResolve`: undone on trial once all is quiet, before the incident is closed; `manual`: by people; `{after: 30m}`: then, whatever happens.',
  );
const bounds = {
  revert: Revert,
  perHour: z.int().min(1).max(100).default(3).describe('How often at most, by this rule and for the same target.'),
  coolDown: Duration.prefault('1m').describe('How long it is left alone after it was undone.'),
};
const Remedy = z.discriminatedUnion('action', [
  z
    .strictObject({ action: z.literal('fail_over'), ...bounds })
    .describe('The provider or model is asked after all others, by every process.'),
  z
    .strictObject({ action: z.literal('disable_model'), ...bounds })
    .describe('The model, or every model of the provider, is not asked at all.'),
  z.strictObject({ action: z.literal('disable_key'), ...bounds }).describe('The API key is not accepted.'),
  z
    .strictObject({
      action: z.literal('roll_back_flag'),
      flag: FlagName,
      to: z
        .enum(['previous', 'killed'])
        .default('previous')
        .describe('What it was before its last change, or its default for all.'),
      ...bounds,
    })
    .describe('A feature flag is what it was.'),
]);
export type RemedyRule = z.infer<typeof Remedy>;
export type RemedyAction = RemedyRule['action'];

const channels = z.array(name).max(20);
const Escalation = z.strictObject({
  after: Wait.describe('Since it was heard first, while nobody acknowledged the incident.'),
  severity: z.enum(SEVERITIES).optional().describe('What it becomes.'),
  notify: channels.default([]),
});

const Rule = z.strictObject({
  name,
  description: z.string().min(1).max(500).optional(),
  when: When,
  severity: z.enum(SEVERITIES).default('high'),
  resolve: z
    .strictObject({
      below: z
        .number()
        .gt(0)
        .max(1e12)
        .optional()
        .describe('It is quiet below this value; below the threshold when absent.'),
      for: Wait.prefault('5m').describe('How long it must be quiet.'),
    })
    .prefault({}),
  notify: channels.default([]).describe('Names of channels.'),
  remediate: z.array(Remedy).max(10).default([]),
  escalate: z.array(Escalation).max(10).default([]).describe('In order of time.'),
});
export type IncidentRule = z.infer<typeof Rule>;

export const Incidents = z.strictObject({
  channels: z.record(name, Channel).default({}).describe('Who can be told, by name.'),
  rules: z.array(Rule).max(200).default([]),
  delivery: z
    .strictObject({
      attempts: z.int().min(1).max(50).default(10),
      timeoutMs: z.int().min(100).max(60_000).default(10_000),
      backoffMs: z
        .int()
        .min(1)
        .max(3_600_000)
        .default(1_000)
        .describe('The wait after the first failure; it doubles with each.'),
      maxBackoffMs: z.int().min(1).max(86_400_000).default(300_000),
    })
    .prefault({})
    .describe('How messages are sent.'),
});
export type Incidents = z.infer<typeof Incidents>;

export const scopeOf = ({ signal, scope }: IncidentRule['when']): Scope => scope ?? SIGNALS[signal].scopes[0];
