import { z } from 'zod';
import { JOB_STATUSES } from '../../contract/job';
import { SuiteName } from '../../platform/config/evals';
import { listOf } from '../admin/list-schema';

const modelName = z.string().min(1).max(200);

export const SuiteParam = SuiteName;

export const NewRun = z
  .strictObject({
    models: z
      .array(modelName)
      .min(1)
      .max(20)
      .optional()
      .describe('Aliases, or provider/model; those of the suite when absent.'),
    model: modelName.optional().describe('One of them, instead of `models`.'),
    baseline: modelName.optional().describe('Is asked too, and what the others are compared with.'),
  })
  .refine(({ model, models }) => model === undefined || models === undefined, {
    path: ['model'],
    message: 'and models are the same: give one',
  })
  .prefault({});
export type NewRun = z.output<typeof NewRun>;

export const RunQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.uuid().optional().describe('The `next_cursor` of the page before.'),
});
export type RunQuery = z.output<typeof RunQuery>;

const Links = z.object({ self: z.string(), job: z.string(), events: z.string() });

export const TakenRun = z.object({ run_id: z.uuid(), status: z.enum(JOB_STATUSES), links: Links });
export type TakenRun = z.output<typeof TakenRun>;

export const SuiteView = z.object({
  name: z.string(),
  description: z.string(),
  hash: z.string().describe('Of all that the suite says.'),
  models: z.array(z.string()).describe('Asked where a run names none.'),
  cases: z.int(),
  scorers: z.array(z.string()).describe('The types of its scorers.'),
  thresholds: z.record(z.string(), z.number()),
});
export const SuiteList = z.object({ data: z.array(SuiteView) });

const RunSummary = z.object({
  run_id: z.uuid(),
  status: z.enum(JOB_STATUSES),
  progress: z.number(),
  created_by: z.uuid().describe('The key that asked for it.'),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  cost_usd: z.string().describe('Of its calls so far, judges included.'),
  error_code: z.string().nullable(),
  links: Links,
});
export type RunSummary = z.output<typeof RunSummary>;
export const RunPage = listOf(RunSummary);

export const RunView = RunSummary.extend({
  suite: z.string(),
  suite_hash: z.string(),
  models: z.array(z.string()),
  baseline: z.string().nullable(),
  partial_results: z.array(z.unknown()).describe('While it runs: how each case went that has ended.'),
  report: z.unknown().describe('Once it has succeeded.'),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type RunView = z.output<typeof RunView>;
