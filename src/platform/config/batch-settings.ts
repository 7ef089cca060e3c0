import { z } from 'zod';

const count = z.int().min(1);

export const BatchSettings = z.strictObject({
  lines: count.max(50_000).default(50_000).describe('How many lines a batch may have.'),
  parallel: count.max(256).default(16).describe('Lines of one batch that are under way at a time.'),
  passThrough: z
    .enum(['never', 'asked', 'always'])
    .default('asked')
    .describe(
      'Which batches are handed on to the batch API of their provider, at its price, where that can be done: none, those that ask for it, or all that do not say otherwise.',
    ),
  pollMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(15_000)
    .describe('How soon a provider is asked first how far such a batch is.'),
  maxPollMs: z.int().min(100).max(3_600_000).default(300_000).describe('The longest wait between two such questions.'),
});
export type BatchSettings = z.output<typeof BatchSettings>;
