import { z } from 'zod';
import { EntryView } from './entry-schema';
import { BodyFilters, Period } from './filter-schema';

export const SampleBody = z
  .strictObject({
    ...Period,
    first: z.int().min(0).optional().describe('Instead of a period: the first index, to draw a sample again.'),
    last: z.int().min(0).optional().describe('The last index, inclusive.'),
    filters: BodyFilters.prefault({}),
    size: z.int().min(1).max(1_000),
    seed: z
      .string()
      .regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 printable ASCII characters')
      .optional()
      .describe('Drawn at random when absent; recorded either way.'),
  })
  .refine(({ first, last }) => (first === undefined) === (last === undefined), 'first and last go together');
export type SampleBody = z.output<typeof SampleBody>;

export const SampleView = z.object({
  seed: z.string(),
  first: z.int(),
  last: z.int().describe('The population: what matched the filters from `first` to `last`.'),
  population: z.int(),
  size: z.int(),
  algorithm: z.string(),
  recorded_as: z.uuid(),
  data: z.array(EntryView),
});
