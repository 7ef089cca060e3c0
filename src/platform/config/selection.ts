/** `selection` in `config/policies.yaml`: which model is enough for a call, and what may be left out of it. */
import { z } from 'zod';
import { COMPLEXITIES } from '../../contract/selection';

const Complexity = z.enum(COMPLEXITIES);
const alias = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i);
const count = z.int().min(1);

const levels = {
  low: alias.describe('The alias for easy calls.'),
  medium: alias.describe('The alias for ordinary calls.'),
  high: alias.describe('The alias for hard calls.'),
};
const choosing = {
  assess: z
    .boolean()
    .describe(
      'Whether a call for one of these aliases gets a cheaper one when it looks easy. Calls for `auto` always do.',
    ),
  mediumScore: count.max(100).describe('Points from which a call that was read is an ordinary one.'),
  highScore: count.max(100).describe('Points from which it is a hard one.'),
  baseline: Complexity.describe('The level whose model a call for `auto` is compared with when savings are counted.'),
};
const trim = {
  whitespace: z
    .boolean()
    .describe('Leaves out blanks at the ends of lines, and repeated blanks and blank lines, in prose.'),
  duplicates: z
    .boolean()
    .describe('Leaves out of earlier messages of the user what stands in a later one again, byte for byte.'),
  duplicateCharacters: z.int().min(40).max(1_000_000).describe('The least length of such a block.'),
};
const window = {
  turns: count.max(10_000).optional().describe('Turns of the conversation that are sent at most; all when absent.'),
  tokens: count
    .max(100_000_000)
    .optional()
    .describe('Roughly how many tokens of the conversation are sent at most; all when absent.'),
  step: count
    .max(1_000)
    .optional()
    .describe(
      'Turns are left out so many at a time, so that the beginning stays the same for the caches of providers. A quarter of `turns`, or 4, when absent.',
    ),
};
const sizing = {
  rightSize: z
    .boolean()
    .describe(
      'Whether a maximum of answer tokens that is absent or far too large becomes what earlier answers needed.',
    ),
  rightSizeFloor: count.max(1_000_000).describe('No maximum is made smaller than this.'),
};

export const SELECTION_DEFAULTS = {
  levels: { low: 'fast', medium: 'balanced', high: 'best' },
  choosing: { assess: false, mediumScore: 2, highScore: 4, baseline: 'medium' },
  trim: { whitespace: false, duplicates: false, duplicateCharacters: 200 },
  sizing: { rightSize: false, rightSizeFloor: 1_024 },
} as const;

const names = z.array(z.string().min(1).max(200)).max(1_000);

const Task = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
    .describe('Shown as the reason for a choice.'),
  tags: names.default([]).describe('The call has one of these; any call when empty.'),
  tenants: names.default([]).describe('Names or ids of tenants; all when empty.'),
  operations: z
    .array(z.enum(['chat', 'count_tokens']))
    .default([])
    .describe('All when empty.'),
  level: Complexity.optional().describe('How hard these calls are, where the caller does not say.'),
  levels: z.strictObject(levels).partial().optional(),
  ...z.strictObject({ ...choosing, ...sizing }).partial().shape,
  trim: z
    .strictObject({ ...trim, ...window })
    .partial()
    .optional(),
});

const defaulted = <T extends z.ZodRawShape>(shape: T, defaults: { readonly [K in keyof T]: z.infer<T[K]> }) =>
  Object.fromEntries(
    Object.entries(shape).map(([name, type]) => [name, (type as z.ZodType).default(defaults[name] as never)]),
  ) as unknown as { [K in keyof T]: z.ZodDefault<T[K]> };

export const Selection = z.strictObject({
  levels: z.strictObject(defaulted(levels, SELECTION_DEFAULTS.levels)).prefault({}),
  ...defaulted(choosing, SELECTION_DEFAULTS.choosing),
  trim: z.strictObject({ ...defaulted(trim, SELECTION_DEFAULTS.trim), ...window }).prefault({}),
  ...defaulted(sizing, SELECTION_DEFAULTS.sizing),
  tasks: z
    .array(Task)
    .max(200)
    .default([])
    .describe('Calls that are treated in another way; of all that match, later ones are stronger, field by field.'),
});
export type Selection = z.infer<typeof Selection>;
export type SelectionTask = Selection['tasks'][number];
