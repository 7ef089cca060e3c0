import { z } from 'zod';

const count = z.int().min(1);
const seconds = z.int().min(1).max(31_536_000);

export const JobSettings = z.strictObject({
  run: z
    .boolean()
    .default(true)
    .describe('Whether the process that serves HTTP works on jobs too; `npm run worker` always does.'),
  concurrency: count.max(1_000).default(8).describe('Jobs that a process works on at a time.'),
  parallel: count.max(100).default(4).describe('Steps of one job that are under way at a time.'),
  leaseMs: z
    .int()
    .min(1_500)
    .max(600_000)
    .default(15_000)
    .describe('How long a process that died keeps its jobs from others. It says that it lives three times as often.'),
  attempts: count
    .max(100)
    .default(5)
    .describe('How often a job may fail, where trying again may help, before it is dead.'),
  backoffMs: count.max(3_600_000).default(2_000).describe('The wait after the first failure; it doubles with each.'),
  maxBackoffMs: count.max(86_400_000).default(300_000).describe('The longest of these waits.'),
  takeovers: count
    .max(100)
    .default(3)
    .describe('How often a job may lose its process before it is taken for the cause, and is dead.'),
  ttlSeconds: seconds
    .default(86_400)
    .describe('How long after its start is due a job must have ended, where it names no time.'),
  maxTtlSeconds: seconds.default(2_592_000).describe('The longest time that it may name.'),
  maxDelaySeconds: seconds.default(31_536_000).describe('How far ahead a start may lie.'),
  keepSeconds: seconds.default(604_800).describe('How long a job that ended is kept, with its result.'),
  queued: count.max(10_000_000).default(100_000).describe('Jobs that may wait in all; more are refused with 429.'),
  tenantQueued: count.max(10_000_000).default(20_000).describe('The same, of one tenant.'),
  resultBytes: count
    .max(268_435_456)
    .default(33_554_432)
    .describe('The largest result, or piece of one, that is kept.'),
  streams: count.max(100_000).default(1_000).describe('Callers that may watch jobs at a time, in each process.'),
});
export type JobSettings = z.output<typeof JobSettings>;
