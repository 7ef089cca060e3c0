import { z } from 'zod';
import { JOB_STATUSES, JOB_TYPES, OPEN_JOB_TYPES } from '../../contract/job';
import { listOf } from '../admin/list-schema';
import { Webhook } from './webhook-schema';

const MOST_PRIORITY = 100;
const Priority = z.int().min(-MOST_PRIORITY).max(MOST_PRIORITY);

export const NewJob = z.strictObject({
  type: z.enum(OPEN_JOB_TYPES),
  input: z
    .unknown()
    .refine((value) => value !== undefined, 'is missing')
    .describe('What the type of job asks for; for `completion` the body of a call.'),
  priority: Priority.default(0).describe('Higher is sooner, among the jobs of the tenant.'),
  run_at: z.iso.datetime({ offset: true }).optional().describe('Not before this; at once when absent.'),
  ttl_seconds: z.int().min(1).optional().describe('How long after its start is due it must have ended.'),
  webhook: Webhook.optional(),
});
export type NewJob = z.output<typeof NewJob>;

export const JobChange = z.strictObject({ priority: Priority });
export type JobChange = z.output<typeof JobChange>;

export const JobQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.uuid().optional().describe('The `next_cursor` of the page before.'),
  status: z.enum(JOB_STATUSES).optional().describe('`dead`: those that failed or lost their process too often.'),
  type: z.enum(JOB_TYPES).optional(),
  tenant: z.uuid().optional().describe('For keys of the root tenant; all tenants when absent.'),
  key: z.uuid().optional().describe('Of the key that submitted; for operators.'),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
export type JobQuery = z.output<typeof JobQuery>;

const Links = z.object({
  self: z.string(),
  events: z.string(),
  cancel: z.string().optional().describe('`DELETE`, while it has not ended.'),
  retry: z.string().optional().describe('`POST`, when it ended without a result.'),
});

export const TakenJob = z.object({ job_id: z.uuid(), status: z.enum(JOB_STATUSES), links: Links });

const JobSummary = z.object({
  job_id: z.uuid(),
  type: z.enum(JOB_TYPES),
  status: z.enum(JOB_STATUSES),
  tenant: z.uuid(),
  key: z.uuid(),
  priority: z.int(),
  progress: z.number().describe('0 to 100, never going back.'),
  stage: z.string().nullable(),
  created_at: z.iso.datetime(),
  run_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  finished_at: z.iso.datetime().nullable(),
  expires_at: z.iso.datetime(),
  removed_at: z.iso.datetime().nullable().describe('When what is kept of it goes.'),
  attempts: z.int().describe('How often it was begun.'),
  failures: z.int(),
  takeovers: z.int().describe('How often its process was lost.'),
  cost_usd: z.string().describe('Of its calls so far.'),
  error_code: z.string().nullable(),
  links: Links,
});
export type JobSummary = z.output<typeof JobSummary>;

const anything = z.unknown().describe('As the type of job gives it.');

export const JobView = JobSummary.extend({
  eta_seconds: z.number().nullable().describe('Roughly, until it ends; null when it has, or nobody works on jobs.'),
  partial_results: z
    .array(z.object({ key: z.string(), value: anything, at: z.iso.datetime() }))
    .describe('In the order of their last change. For the key that submitted the job only, as is the result.'),
  result: anything,
  error: z
    .object({
      code: z.string(),
      message: z.string().optional(),
      param: z.string().optional(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    })
    .nullable()
    .describe('Why it ended without a result, or what went wrong last.'),
  content_withheld: z.literal(true).optional().describe('The job was submitted by another key.'),
});
export type JobView = z.output<typeof JobView>;

export const JobPage = listOf(JobSummary);
