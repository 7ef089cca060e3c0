/** The shape of `config/gatehouse.yaml`. Unknown fields are errors; every field has a default, so an empty file is valid. */
import { z } from 'zod';
import { AuditSettings } from './audit-settings';
import { CodeReviewSettings, DocumentSettings } from './job-kind-settings';
import { BatchSettings } from './batch-settings';
import { EvalSettings } from './eval-settings';
import { FileSettings } from './file-settings';
import { FlagServiceSettings } from './flag-service-settings';
import { JobSettings } from './job-settings';
import { limitSettings } from './limit-settings';
import { isProxyList } from './proxy-list';
import { HttpUrl, Origin, SecretReference } from './setting-types';
import { WebhookSettings } from './webhook-settings';
import { ClassifierSettings } from './classifier-settings';
import { ModelSettings } from './model-settings';
import { SidecarSettings } from './sidecar-settings';

const milliseconds = z.int().min(1).max(3_600_000);
const count = z.int().min(1);
const NO_PROXIES = 'must be addresses or ranges such as 10.0.0.0/8, separated by commas';
const modelName = z.string().min(1).max(200);

const http = {
  baseUrl: HttpUrl.optional().describe("The upstream's root; the vendor's own when absent."),
  apiKey: SecretReference.optional().describe(
    'A reference to a secret: secrets.md. Several keys, comma-separated, form a pool.',
  ),
  place: z
    .enum(['external', 'local'])
    .optional()
    .describe(
      'Whether what it is sent leaves the own network, which decides what is done about personal data. Absent: `local` for type `local` at a private address, else `external`.',
    ),
  models: z
    .array(z.string().min(1))
    .optional()
    .describe('Names or prefix* patterns this provider answers to without a prefix.'),
};

/** Vendors that have a batch API. */
const vendor = {
  ...http,
  batches: z
    .boolean()
    .optional()
    .describe(
      'Whether batches may be handed on to its own batch API, where they ask for that (yes when absent): batches.md.',
    ),
};

const Provider = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('anthropic'), ...vendor }),
  z.strictObject({ type: z.literal('openai'), ...vendor }),
  z
    .strictObject({ type: z.literal('local'), ...http })
    .describe('Any OpenAI-compatible server: Ollama, vLLM, llama.cpp.'),
  z.strictObject({
    type: z.literal('sandbox'),
    firstTokenMs: z.int().min(0).max(60_000).default(0).describe('Delay before the first token.'),
    tokensPerSecond: z
      .number()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe('Pace of the stream; 0 is as fast as possible.'),
    models: z.array(z.string().min(1)).optional(),
  }),
]);
export type ProviderSettings = z.infer<typeof Provider>;

/** What follows `/v1/models/` or `/v1/models/registry/` where no provider is meant. */
const PATHS = new Set(['registry', 'aliases', 'shadows', 'versions']);
const ProviderName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .refine(
    (name) => !PATHS.has(name),
    'no provider can have this name: its models would have paths of /v1/models/registry',
  );

export const Settings = z.strictObject({
  server: z
    .strictObject({
      replicas: count.max(1_000).default(1).describe('Processes that serve together; more than one need REDIS_URL.'),
      trustProxy: z
        .union([z.boolean(), z.int().min(1), z.string().refine(isProxyList, NO_PROXIES)])
        .default(false)
        .describe('Whom to believe about x-forwarded-for: true, a number of hops, or addresses.'),
      corsOrigins: z.array(Origin).default([]).describe('Origins that browsers may call from; none by default.'),
      reloadSeconds: z
        .number()
        .min(0)
        .max(3_600)
        .default(1)
        .describe(
          'How often the files of the configuration are looked at; what two looks in a row see is taken. 0: only when asked.',
        ),
      shutdownLeadMs: z
        .int()
        .min(0)
        .max(300_000)
        .default(0)
        .describe(
          'How long after SIGTERM calls are still taken while readiness fails, so that a load balancer sees it in time.',
        ),
      shutdownGraceMs: milliseconds.default(25_000).describe('How long streams may go on after that.'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      bodyBytes: count.max(268_435_456).default(33_554_432),
      jsonDepth: count.max(256).default(64),
      jsonNodes: count.default(250_000).describe('Values in one body: members, items and containers.'),
      messages: count.default(2_000),
      promptCharacters: count.default(4_000_000).describe('All text of one call.'),
      historyCharacters: count.default(4_000_000).describe('The text of all messages before the last one.'),
      keyRpm: count.default(600_000).describe('Requests per minute of a key that has no limit of its own.'),
      addressRpm: count.default(1_200_000).describe('Requests per minute from one address: protection against floods.'),
      ...limitSettings,
    })
    .prefault({}),
  idempotency: z
    .strictObject({
      keepSeconds: count
        .max(2_592_000)
        .default(86_400)
        .describe('How long an answer is repeated for its idempotency key.'),
      leaseMs: z
        .int()
        .min(1_000)
        .max(600_000)
        .default(15_000)
        .describe('How long a process that died keeps others from answering the call.'),
      answerBytes: count.max(67_108_864).default(8_388_608).describe('The largest answer that is kept to be repeated.'),
    })
    .prefault({}),
  answers: z
    .strictObject({
      memoryBytes: count
        .max(17_179_869_184)
        .default(67_108_864)
        .describe('Memory for answers kept for bad days, in each process.'),
      answerBytes: count.max(67_108_864).default(1_048_576).describe('The largest answer that is kept.'),
      questions: count
        .max(1_000_000)
        .default(50_000)
        .describe('Questions that each process remembers to find similar ones, about 1 KB each; the oldest go first.'),
      tenantQuestions: count.max(200_000).default(10_000).describe('The same, of one tenant.'),
    })
    .prefault({}),
  budgets: z
    .strictObject({
      leaseMs: z
        .int()
        .min(1_500)
        .max(600_000)
        .default(15_000)
        .describe(
          'How long what a process that died held for its calls still counts. It says that it lives three times as often.',
        ),
      unpriced: z
        .enum(['refuse', 'allow'])
        .default('refuse')
        .describe(
          'What becomes of a call under a hard budget whose model has no price: `refuse` answers 402, `allow` lets it pass uncounted.',
        ),
    })
    .prefault({}),
  analyses: z
    .strictObject({
      model: modelName
        .default('fast')
        .describe('Which model analyses texts where neither the caller nor the analysis names one.'),
      textCharacters: count.max(1_000_000).default(10_000).describe('The longest text that is analysed.'),
      texts: count.max(1_000).default(1_000).describe('The most texts of one analysis job.'),
    })
    .prefault({}),
  documents: DocumentSettings.prefault({}),
  codeReview: CodeReviewSettings.prefault({}),
  evals: EvalSettings.prefault({}),
  jobs: JobSettings.prefault({}),
  files: FileSettings.prefault({}),
  flags: FlagServiceSettings.prefault({}),
  models: ModelSettings.prefault({}),
  batches: BatchSettings.prefault({}),
  webhooks: WebhookSettings.prefault({}),
  audit: AuditSettings.prefault({}),
  sanitization: z
    .strictObject({ sidecar: SidecarSettings.optional(), classifier: ClassifierSettings.optional() })
    .prefault({}),
  secrets: z
    .strictObject({
      refreshSeconds: z
        .int()
        .min(5)
        .max(86_400)
        .default(300)
        .describe('How often secrets that are kept in files and services are read anew.'),
      graceSeconds: z
        .int()
        .min(0)
        .max(86_400)
        .default(600)
        .describe('How long the former key of a provider may still be used after a rotation.'),
    })
    .prefault({}),
  health: z
    .strictObject({
      providerProbe: z.boolean().default(false).describe('Let readiness ask each provider for one token. Costs money.'),
      providerProbeSeconds: z.int().min(10).max(86_400).default(300).describe('How long a probe result is kept.'),
    })
    .prefault({}),
  providers: z.record(ProviderName, Provider).default({}),
});
export type Settings = z.infer<typeof Settings>;
