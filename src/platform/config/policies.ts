/** The shape of `config/policies.yaml`: what protects calls, for all and for single providers, models and tenants. */
import { RE2JS } from 're2js';
import { z } from 'zod';
import { CACHE_DEFAULTS, cacheSettings as cache, formerSettings as former, renamed } from './cache-settings';
import { Selection } from './selection';
import { SIMILAR_DEFAULTS, similarSettings } from './similar-settings';

const milliseconds = z.int().min(1).max(3_600_000);
const count = z.int().min(1);
const ratio = z.number().min(0).max(1);

/** `provider/model` */
export const Target = z.string().regex(/^[a-z][a-z0-9-]{0,31}\/.+$/, 'must be provider/model');

const timeout = {
  firstTokenMs: milliseconds.describe('From asking to the first content of a streamed answer.'),
  answerMs: milliseconds.describe('From asking to the whole of an answer that is not streamed.'),
  idleMs: milliseconds.describe('Between two signs of life of a stream.'),
  totalMs: milliseconds.describe('The whole request, every attempt included. The caller may ask for less, never more.'),
};
const connect = { connectMs: milliseconds.describe('Until the connection to the provider stands.') };
const retry = {
  attempts: z.int().min(1).max(10).describe('Times one model is asked for one request, the first included.'),
  backoff: z
    .enum(['exponential', 'linear', 'fibonacci'])
    .describe('How the longest wait grows; the wait is drawn from all of it.'),
  baseMs: milliseconds.describe('The longest first wait.'),
  maxMs: milliseconds.describe('Longest wait; a provider that asks for more is not asked again.'),
  yieldMs: z.int().min(0).max(3_600_000).describe('Longest wait while another model could answer at once.'),
  budgetRatio: ratio.describe('Retries per call that are allowed to a model, measured over ten seconds.'),
  budgetMinimum: z.int().min(0).describe('Retries in ten seconds that are always allowed.'),
};
const breaker = {
  enabled: z.boolean(),
  windowMs: milliseconds.min(1_000).describe('How far back failures count.'),
  minimumCalls: count.describe('Calls in the window before it may open.'),
  failureRatio: ratio.describe('Share of failed calls that opens it.'),
  slowMs: milliseconds.describe('A call whose answer has not begun by then is slow.'),
  slowRatio: ratio.describe('Share of slow calls that opens it.'),
  openMs: milliseconds.describe('How long nobody asks; then one call tries.'),
  probes: count.max(100).describe('Tries that must succeed, one after the other, to close it.'),
};
const bulkhead = {
  concurrency: count.max(100_000).describe('Calls at a time, in each process.'),
  queue: z.int().min(0).max(100_000).describe('Calls that may wait; above it the tenant with the most waiting yields.'),
  queueMs: milliseconds.describe('Longest wait.'),
};
const keys = {
  restMs: milliseconds.describe('How long a key that was refused rests; doubled each time in a row.'),
  maxRestMs: milliseconds.max(86_400_000).describe('Longest rest, whatever the provider asks for.'),
};
const fallback = {
  enabled: z.boolean().describe('Whether another model may answer.'),
  to: z.array(Target).max(20).describe('Models to turn to, best first, after those of the alias.'),
  order: z
    .enum(['listed', 'latency', 'cost'])
    .describe(
      'What comes first among models that may stand in for each other; a model that was asked for by name always does.',
    ),
  models: count.max(20).describe('Models that are asked for one request at most.'),
};
const seconds = count.max(31_536_000);
const degradation = {
  stale: z.boolean().describe('When no model answers: an answer to the same request, however old.'),
  similar: z.boolean().describe('When no model answers: an answer to nearly the same request.'),
  template: z.boolean().describe('When no model answers: a text of `templates` that matches.'),
  staleSeconds: seconds.describe('How long an answer is kept for bad days.'),
  similarity: z
    .number()
    .min(0.5)
    .max(1)
    .describe(
      'How near two questions must be on a bad day: the cosine of their words and letters. The second check is made beside it.',
    ),
  message: z.string().max(500).describe('What callers are told when nothing can answer, before the reason.'),
};

/** What holds where nobody says otherwise. */
export const DEFAULTS = {
  timeout: { connectMs: 5_000, firstTokenMs: 120_000, answerMs: 300_000, idleMs: 60_000, totalMs: 600_000 },
  retry: {
    attempts: 3,
    backoff: 'exponential',
    baseMs: 200,
    maxMs: 5_000,
    yieldMs: 500,
    budgetRatio: 0.2,
    budgetMinimum: 10,
  },
  breaker: {
    enabled: true,
    windowMs: 30_000,
    minimumCalls: 5,
    failureRatio: 0.5,
    slowMs: 60_000,
    slowRatio: 0.8,
    openMs: 10_000,
    probes: 1,
  },
  bulkhead: { concurrency: 2_000, queue: 2_000, queueMs: 10_000 },
  keys: { restMs: 30_000, maxRestMs: 600_000 },
  fallback: { enabled: true, to: [], order: 'listed', models: 4 },
  degradation: {
    stale: false,
    similar: false,
    template: true,
    staleSeconds: 86_400,
    similarity: 0.9,
    message: 'The model is not available at the moment. Please try again later.',
  },
} as const;

const partial = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).partial().optional();
/** An absent section, and an absent field, has its default. */
const complete = <T extends z.ZodRawShape>(shape: T, defaults: { readonly [K in keyof T]: z.infer<T[K]> }) => {
  const fields = Object.entries(shape).map(([name, type]) => [
    name,
    (type as z.ZodType).default(defaults[name] as never),
  ]);
  return z.strictObject(Object.fromEntries(fields) as { [K in keyof T]: z.ZodDefault<T[K]> }).prefault({} as never);
};

const ofTenant = {
  timeout: partial(timeout),
  retry: partial(retry),
  bulkhead: z
    .strictObject({ ...z.strictObject(bulkhead).partial().shape, concurrency: bulkhead.concurrency })
    .optional(),
  fallback: partial(fallback),
  cache: z.strictObject({ ...z.strictObject(cache).partial().shape, similar: partial(similarSettings) }).optional(),
  degradation: partial({ ...degradation, ...former }),
};

function checkPattern({
  value: { name, pattern },
  issues,
}: z.core.ParsePayload<Pick<Template, 'name' | 'pattern'>>): void {
  try {
    RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    const message = `(${name}) is no regular expression: ${error instanceof Error ? error.message : 'unreadable'}`;
    issues.push({ code: 'custom', input: pattern, path: ['pattern'], message });
  }
}

const Template = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
      .describe('Shown as the model that answered: template/<name>.'),
    pattern: z
      .string()
      .min(1)
      .max(1_000)
      .describe('A regular expression (RE2 syntax, any case) that the question must match.'),
    answer: z.string().min(1).max(20_000),
    models: z.array(z.string().min(1)).default([]).describe('Names that were asked for, or prefix*; all when empty.'),
    tenants: z.array(z.string().min(1)).default([]).describe('Names or ids of tenants; all when empty.'),
  })
  .check(checkPattern);
export type Template = z.infer<typeof Template>;

export const Policies = z.strictObject({
  defaults: z
    .strictObject({
      timeout: complete({ ...connect, ...timeout }, DEFAULTS.timeout),
      retry: complete(retry, DEFAULTS.retry),
      breaker: complete(breaker, DEFAULTS.breaker),
      bulkhead: complete(bulkhead, DEFAULTS.bulkhead),
      keys: complete(keys, DEFAULTS.keys),
      fallback: complete(fallback, { ...DEFAULTS.fallback, to: [] }),
      degradation: complete(degradation, DEFAULTS.degradation).unwrap().extend(former).prefault({}),
      cache: complete(cache, CACHE_DEFAULTS)
        .unwrap()
        .extend({ similar: complete(similarSettings, SIMILAR_DEFAULTS) })
        .prefault({}),
    })
    .transform(renamed)
    .prefault({})
    .describe('For everything; `bulkhead` for each provider.'),
  providers: z
    .record(
      z.string(),
      z.strictObject({
        timeout: partial({ ...connect, ...timeout }),
        retry: partial(retry),
        breaker: partial(breaker),
        bulkhead: partial(bulkhead),
        keys: partial(keys),
      }),
    )
    .default({})
    .describe('By name; stronger than the defaults.'),
  models: z
    .record(Target, z.strictObject({ ...ofTenant, breaker: partial(breaker) }).transform(renamed))
    .default({})
    .describe('By provider/model; stronger than its provider.'),
  tenants: z
    .record(z.string().min(1), z.strictObject(ofTenant).transform(renamed))
    .default({})
    .describe('By name or id, or "*" for every tenant that is not named; stronger than all others.'),
  templates: z
    .array(Template)
    .max(1_000)
    .default([])
    .describe('Texts for when no model answers; the first that matches.'),
  selection: Selection.prefault({}).describe('Which model is enough for a call, and what may be left out of it.'),
});
export type Policies = z.infer<typeof Policies>;

export type TimeoutPolicy = Policies['defaults']['timeout'];
export type RetryPolicy = Policies['defaults']['retry'];
export type BreakerPolicy = Policies['defaults']['breaker'];
export type BulkheadPolicy = Policies['defaults']['bulkhead'];
export type KeyPolicy = Policies['defaults']['keys'];
export type FallbackPolicy = Policies['defaults']['fallback'];
export type CachePolicy = Policies['defaults']['cache'];
export type DegradationPolicy = Omit<Policies['defaults']['degradation'], keyof typeof former>;
