import { z } from 'zod';
import { NOTICE_KINDS, ENTRY_KINDS } from '../../features/incidents';
import { SEVERITIES } from '../../platform/config/incidents';
import { ListQuery } from '../admin/list-schema';

const Moment = z.iso.datetime({ offset: true });
const Period = {
  from: Moment.optional().describe('Of the detection; inclusive.'),
  to: Moment.optional().describe('Exclusive.'),
};

export const IncidentParam = z.uuid();
export const RemedyParam = z.coerce.number().int().min(1).max(1_000);

export const IncidentQuery = ListQuery.extend({
  state: z.enum(['open', 'resolved']).optional(),
  severity: z.enum(SEVERITIES).optional(),
  rule: z.string().min(1).max(64).optional().describe('Of any rule that was heard.'),
  subject: z.string().min(1).max(256).optional().describe('provider:openai, tenant:<id>, audit, …'),
  ...Period,
});
export type IncidentQuery = z.output<typeof IncidentQuery>;

export const StatsQuery = z.strictObject(Period);
export type StatsQuery = z.output<typeof StatsQuery>;

export const ReportQuery = z.strictObject({
  format: z.enum(['markdown', 'json']).default('markdown').describe('`json`: the incident and its durations.'),
});
export type ReportQuery = z.output<typeof ReportQuery>;

export const NewNote = z.strictObject({ text: z.string().trim().min(1).max(10_000).describe('Kept encrypted.') });
export type NewNote = z.output<typeof NewNote>;

const time = z.iso.datetime();
const Impact = z.object({
  failed_calls: z.int(),
  helped_calls: z.int().describe('Answered by another model.'),
  failed_tries: z.int().describe('Times that the provider was asked and failed.'),
  cost_usd: z.string().describe('Of failed calls, and what stand-ins cost more than the model that was meant. Exact.'),
  unpriced_calls: z.int(),
});

export const IncidentView = z.object({
  id: z.uuid(),
  subject: z.string(),
  rule: z.string().describe('That opened it.'),
  severity: z.enum(SEVERITIES),
  state: z
    .enum(['open', 'acknowledged', 'trial', 'resolved'])
    .describe('`trial`: what the gateway did is undone, to see whether it stays quiet.'),
  revision: z.int(),
  began_at: time,
  opened_at: time,
  acknowledged_at: time.nullable(),
  acknowledged_by: z.uuid().nullable(),
  mitigated_at: time.nullable(),
  resolved_at: time.nullable(),
  resolved_by: z.uuid().nullable().describe('Null where it resolved by itself.'),
  impact: Impact,
});

export const FullIncidentView = IncidentView.extend({
  signals: z.array(
    z.object({
      rule: z.string(),
      signal: z.string(),
      name: z.string(),
      severity: z.enum(SEVERITIES),
      began_at: time,
      last_at: time,
      value: z.number(),
      peak: z.number(),
    }),
  ),
  tenants: z.array(z.object({ tenant: z.uuid(), failed_calls: z.int(), helped_calls: z.int() })),
  timeline: z.array(
    z.object({
      n: z.int(),
      at: time,
      kind: z.enum(ENTRY_KINDS),
      by: z.uuid().nullable().describe('The API key; null: the gateway by itself.'),
      facts: z.record(z.string(), z.json()),
      text: z.string().nullable(),
      audit_entry: z.string().nullable(),
      audit_index: z.int().nullable(),
    }),
  ),
  remediations: z.array(
    z.object({
      n: z.int(),
      rule: z.string(),
      action: z.string(),
      target: z.string(),
      state: z.enum(['due', 'done', 'reverting', 'reverted', 'skipped', 'failed']),
      revert: z.enum(['onResolve', 'manual', 'after']),
      revert_at: time.nullable(),
      done_at: time.nullable(),
      reverted_at: time.nullable(),
      reason: z.string().nullable(),
    }),
  ),
  notices: z.array(
    z.object({
      id: z.uuid(),
      channel: z.string(),
      kind: z.enum(NOTICE_KINDS),
      status: z.enum(['pending', 'delivered', 'failed']),
      created_at: time,
      finished_at: time.nullable(),
      tries: z.array(z.object({ at: time, ms: z.int(), status: z.int().nullable(), failure: z.string().nullable() })),
    }),
  ),
});

const average = z.number().nullable().describe('Seconds on average.');
export const StatsView = z.object({
  opened: z.int(),
  open: z.int(),
  mtta_seconds: average,
  mttm_seconds: average,
  mttr_seconds: average,
  rules: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(SEVERITIES),
      opened: z.int(),
      open: z.int(),
      mtta_seconds: average,
      mttm_seconds: average,
      mttr_seconds: average,
    }),
  ),
});
