/** The shape of `config/flags.yaml`: what may be switched while the gateway runs, and the prompts that flags choose between. */
import { z } from 'zod';

/** Numbers that people are sorted into: a percentage has three decimals. */
export const BUCKETS = 100_000;

export const FlagName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits and hyphens, and begin with a letter');
const VariantName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'must be 1 to 64 letters, digits, dots, underscores and hyphens');
const word = z.string().min(1).max(256);

/** Guards whose mode a flag may decide, and their modes from the laxest to the strictest. */
export const GUARD_MODES = {
  injection: ['off', 'monitor', 'flag', 'challenge', 'block'],
  'output.personalData': ['off', 'monitor', 'mask', 'block'],
  'output.links': ['off', 'monitor', 'block'],
} as const;
export type FlaggedGuard = keyof typeof GUARD_MODES;
export const FLAGGED_GUARDS = Object.keys(GUARD_MODES) as [FlaggedGuard, ...FlaggedGuard[]];
/** As a guard's mode: what the policy says. As a prompt: none. */
export const AS_POLICY = 'policy';
export const NO_PROMPT = 'none';

const Decides = z
  .discriminatedUnion('what', [
    z.strictObject({
      what: z.literal('model'),
      alias: word.describe('An alias of models.yaml; variants are aliases, or provider/model.'),
    }),
    z.strictObject({ what: z.literal('prompt') }).describe('Variants are names of `prompts`, or `none`.'),
    z.strictObject({ what: z.literal('cache') }).describe('Variants are true, as policy and caller say, or false.'),
    z
      .strictObject({ what: z.literal('guard'), guard: z.enum(FLAGGED_GUARDS) })
      .describe('Variants are modes of the guard, or `policy`. A laxer one counts only where guards.yaml allows it.'),
  ])
  .describe('What it decides of calls; absent: nothing here, only who asks for it is told.');
export type Decides = z.infer<typeof Decides>;

const Test = z.union([
  z.strictObject({ equals: word }),
  z.strictObject({ in: z.array(word).min(1).max(1_000) }),
  z.strictObject({ prefix: word }),
]);
export type Test = z.infer<typeof Test>;

/** What is known of a call that a flag is asked for. */
export const ATTRIBUTES = ['tenant', 'key', 'user', 'model', 'tags', 'session'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

const When = z
  .partialRecord(z.enum(ATTRIBUTES), Test)
  .describe('All must hold. tenant: id or name; key: id; model: as it was asked for; tags: any of them.');

export const BUCKET_BY = ['user', 'tenant', 'key'] as const;
const By = z
  .enum(BUCKET_BY)
  .default('user')
  .describe('Whom a percentage is of; whoever is in stays in while it grows.');

const percent = z
  .number()
  .min(0)
  .max(100)
  .refine((share) => Number.isInteger(Math.round(share * 1e9) / 1e6), 'has at most three decimals');

const Rule = z
  .strictObject({
    name: word.optional().describe('By which explanations name it.'),
    when: When.default({}),
    percentage: percent.optional().describe('Of those that match; all when absent.'),
    by: By,
    serve: VariantName,
  })
  .refine(
    ({ when, percentage }) => Object.keys(when).length || percentage !== undefined,
    'says neither when nor how many',
  );
export type Rule = z.infer<typeof Rule>;

const moment = z.iso.datetime({ offset: true });
const Rollout = z.strictObject({
  to: VariantName.describe('Which variant the share gets; the others get the default.'),
  by: By,
  percent: percent.default(0).describe('The share, before the first step of the schedule.'),
  schedule: z
    .array(z.strictObject({ at: moment, percent }))
    .max(50)
    .default([])
    .describe('The share from a time on; in order of time.'),
  pausedAt: moment.optional().describe('The schedule stands as it stood then.'),
});
export type Rollout = z.infer<typeof Rollout>;

export const FlagDefinition = z
  .strictObject({
    description: z.string().min(1).max(500),
    owner: z.string().min(1).max(200).describe('Whom to ask about it.'),
    expires: z.iso.date().optional().describe('From this day on the gateway warns that it is still there.'),
    decides: Decides.optional(),
    variants: z
      .record(VariantName, z.json())
      .refine((variants) => Object.keys(variants).length >= 1, 'needs a variant')
      .refine((variants) => Object.keys(variants).length <= 50, 'has more than 50 variants')
      .refine((variants) => JSON.stringify(variants).length <= 32_768, 'has more than 32,768 characters')
      .describe('What it may be, by name.'),
    default: VariantName.describe(
      'The variant where no rule and no rollout applies, where it is killed, and where it cannot be evaluated.',
    ),
    rules: z.array(Rule).max(100).default([]).describe('The first that matches decides.'),
    rollout: Rollout.optional().describe('For whom no rule matched.'),
    salt: word.optional().describe('Flags of the same salt sort people into the same buckets; the name when absent.'),
  })
  .superRefine((flag, problems) => {
    for (const [path, message] of mistakesIn(flag)) problems.addIssue({ code: 'custom', path: [...path], message });
  });
export type FlagDefinition = z.infer<typeof FlagDefinition>;

export const PromptTemplate = z.strictObject({
  text: z.string().min(1).max(20_000),
  place: z.enum(['before', 'after']).default('before').describe("Before or after the caller's own instructions."),
});
export type PromptTemplate = z.infer<typeof PromptTemplate>;

const PromptName = VariantName.refine((name) => name !== NO_PROMPT, `${NO_PROMPT} stands for no prompt`);

export const Flags = z.strictObject({
  flags: z.record(FlagName, FlagDefinition).default({}),
  prompts: z
    .record(PromptName, PromptTemplate)
    .default({})
    .describe('Instructions that flags may add to calls, by name.'),
});
export type Flags = z.infer<typeof Flags>;

type Mistake = readonly [path: readonly (string | number)[], message: string];

function* mistakesIn(flag: z.infer<typeof FlagDefinition>): Generator<Mistake> {
  const { variants, rules, rollout, decides } = flag;
  const named: [readonly (string | number)[], string][] = [
    [['default'], flag.default],
    ...rules.map(({ serve }, i): [readonly (string | number)[], string] => [['rules', i, 'serve'], serve]),
  ];
  if (rollout) named.push([['rollout', 'to'], rollout.to]);
  for (const [path, name] of named) if (!Object.hasOwn(variants, name)) yield [path, `there is no variant ${name}`];
  const times = (rollout?.schedule ?? []).map(({ at }) => Date.parse(at));
  for (const [i, time] of times.entries())
    if (i && time <= (times[i - 1] as number))
      yield [['rollout', 'schedule', i, 'at'], 'must be later than the step before'];
  if (!decides) return;
  for (const [name, value] of Object.entries(variants)) {
    const problem = valueProblem(decides, value);
    if (problem) yield [['variants', name], problem];
  }
}

function valueProblem(decides: Decides, value: unknown): string | undefined {
  if (decides.what === 'cache') return typeof value === 'boolean' ? undefined : 'must be true or false';
  if (typeof value !== 'string' || !value) return 'must be a text';
  if (decides.what !== 'guard') return undefined;
  const modes: readonly string[] = [AS_POLICY, ...GUARD_MODES[decides.guard]];
  return modes.includes(value) ? undefined : `must be one of ${modes.join(', ')}`;
}
