/** The shape of `config/guards.yaml`: what is done about personal data and hostile text, for all and for single tenants. */
import { z } from 'zod';
import { ENTITIES } from '../../contract/entities';
import { FLAGGED_GUARDS } from './flags';

export const OPERATORS = ['tokenize', 'mask', 'redact', 'replace', 'hash', 'keep', 'block'] as const;
export type Operator = (typeof OPERATORS)[number];

const share = z.number().min(0).max(1);
const operator = z.enum(OPERATORS);
const providerName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

const byPlace = {
  external: operator.describe('Towards providers elsewhere.'),
  local: operator.describe('Towards providers in the own network.'),
  providers: z.record(providerName, operator).describe('Towards single providers, by name.'),
};
const OfEntity = z.union([operator, z.strictObject(byPlace).partial()]);

const personalData = {
  enabled: z.boolean().describe('Whether requests are searched for personal data and secrets.'),
  ...byPlace,
  entities: z
    .partialRecord(z.enum(ENTITIES), OfEntity)
    .describe('By kind of data: an operator, or one for each place; stronger than the fields above.'),
  ignore: z.array(z.enum(ENTITIES)).describe('Kinds that are not looked for.'),
  threshold: share.describe('How sure a detector must be before anything is done; what is less sure is not told of.'),
  restore: z.boolean().describe('Whether callers get what was tokenized back in answers.'),
  unscanned: z
    .enum(['flag', 'block'])
    .describe('What becomes of a call with parts that cannot be searched: images, audio, documents, token ids.'),
  onFailure: z.enum(['block', 'flag']).describe('What becomes of a call that could not be searched.'),
};
const injection = {
  action: z
    .enum(['off', 'monitor', 'flag', 'challenge', 'block'])
    .describe(
      'monitor: recorded; flag: callers are told too; challenge: suspicious text of tools and documents is marked as such for the model; block: refused from blockAt on.',
    ),
  flagAt: share.describe('Score from which a call is suspicious.'),
  blockAt: share.describe('Score from which `block` refuses.'),
  canary: z.boolean().describe('Plants a secret word in the instructions; an answer that tells it is stopped.'),
  onFailure: z.enum(['block', 'flag']).describe('What becomes of a call that could not be assessed.'),
};
/** A name, an address in brackets where it has colons, or a name and all below it. */
const HOST = /^((\*\.)?[^\s/:*?#@[\]]+|\[[0-9a-f:.]+\])$/i;

const output = {
  personalData: z
    .enum(['off', 'monitor', 'mask', 'block'])
    .describe(
      'What becomes of personal data that a model says of its own. monitor: recorded, nothing is held back; mask: replaced; block: the answer ends there.',
    ),
  links: z
    .enum(['off', 'monitor', 'block'])
    .describe('What becomes of links and images in answers that carry data to hosts that are not listed.'),
  allowedHosts: z
    .array(
      z.string().max(253).regex(HOST, 'must be a host such as docs.example.com, or *.example.com: no scheme, no port'),
    )
    .max(1_000)
    .describe('Hosts that answers may link to, or *.domain.'),
};

/** What holds where nobody says otherwise. */
export const GUARD_DEFAULTS = {
  personalData: {
    enabled: true,
    external: 'tokenize',
    local: 'keep',
    providers: {},
    entities: {},
    ignore: [],
    threshold: 0.5,
    restore: true,
    unscanned: 'flag',
    onFailure: 'block',
  },
  injection: { action: 'monitor', flagAt: 0.5, blockAt: 0.9, canary: false, onFailure: 'flag' },
  output: { personalData: 'monitor', links: 'monitor', allowedHosts: [] },
  logs: { preview: false },
  flags: { relax: [] },
} as const;

const partial = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).partial();
const complete = <T extends z.ZodRawShape>(shape: T, defaults: { readonly [K in keyof T]: unknown }) => {
  const fields = Object.entries(shape).map(([name, type]) => [
    name,
    (type as z.ZodType).default(defaults[name] as never),
  ]);
  return z.strictObject(Object.fromEntries(fields) as { [K in keyof T]: z.ZodDefault<T[K]> }).prefault({} as never);
};
const logs = {
  preview: z
    .boolean()
    .describe('Whether debug lines may hold the first 80 characters of a prompt, searched for personal data.'),
};

const flags = {
  relax: z
    .array(z.enum(FLAGGED_GUARDS))
    .describe('Guards that feature flags may make laxer than they are here; stricter they may make all: flags.md.'),
};

/** What a tenant may say otherwise, field by field. */
export const GuardChange = z
  .strictObject({
    personalData: partial(personalData),
    injection: partial(injection),
    output: partial(output),
    logs: partial(logs),
    flags: partial(flags),
  })
  .partial();
export type GuardChange = z.infer<typeof GuardChange>;

export const GuardPolicy = z.strictObject({
  personalData: complete(personalData, GUARD_DEFAULTS.personalData),
  injection: complete(injection, GUARD_DEFAULTS.injection),
  output: complete(output, GUARD_DEFAULTS.output),
  logs: complete(logs, GUARD_DEFAULTS.logs),
  flags: complete(flags, GUARD_DEFAULTS.flags),
});
export type GuardPolicy = z.infer<typeof GuardPolicy>;
export type PersonalDataPolicy = GuardPolicy['personalData'];
export type InjectionPolicy = GuardPolicy['injection'];
export type OutputPolicy = GuardPolicy['output'];

export const Guards = z.strictObject({
  defaults: GuardPolicy.prefault({}).describe('For every tenant.'),
  tenants: z
    .record(z.string().min(1), GuardChange)
    .default({})
    .describe('By name or id, or "*" for every tenant that is not named; stronger than the defaults.'),
});
export type Guards = z.infer<typeof Guards>;
