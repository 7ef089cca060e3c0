import { z } from 'zod';

const count = z.int().min(1);

export const BatchSettings = z.strictObject({
  lines: count.max(50_000).default(50_000).describe('How many lines a batch may have.'),
  parallel: count.max(256).default(16).describe('Lines of one batch that are under way at a time.'),
});
