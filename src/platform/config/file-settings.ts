import { z } from 'zod';

const count = z.int().min(1);
const seconds = z.int().min(60).max(31_536_000);

export const FileSettings = z.strictObject({
  bytes: count.max(536_870_912).default(209_715_200).describe('The largest file that is taken.'),
  tenantBytes: count.max(1_099_511_627_776).default(10_737_418_240).describe('What all files of a tenant may have.'),
  tenantFiles: count.max(1_000_000).default(5_000).describe('How many files a tenant may have.'),
  keepSeconds: seconds.default(2_592_000).describe('How long a file is kept whose owner names no time.'),
});
