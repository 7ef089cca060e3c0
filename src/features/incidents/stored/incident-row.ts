import type { Severity, SignalName } from '../../../platform/config/incidents';
import type {
  EntryKind,
  Incident,
  IncidentNotice,
  IncidentRemedy,
  IncidentSignal,
  RemedyState,
  TimelineEntry,
} from '../incident';
import type { JsonObject } from '../../../contract/json';

export interface IncidentRow {
  readonly id: string;
  readonly subject: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly began_at: Date;
  readonly opened_at: Date;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
  readonly mitigated_at: Date | null;
  readonly trial_at: Date | null;
  readonly trials: number;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
  readonly revision: number;
  readonly failed: string;
  readonly helped: string;
  readonly tries: string;
  readonly unpriced: string;
  readonly cost_picos: string;
}
export const COLUMNS = `id, subject, rule, severity, began_at, opened_at, acknowledged_at, acknowledged_by, mitigated_at,
  trial_at, trials, resolved_at, resolved_by, revision, failed, helped, tries, unpriced, cost_picos`;

export function incidentOf(row: IncidentRow): Incident {
  return {
    id: row.id,
    subject: row.subject,
    rule: row.rule,
    severity: row.severity,
    state: row.resolved_at ? 'resolved' : row.trial_at ? 'trial' : row.acknowledged_at ? 'acknowledged' : 'open',
    beganAt: row.began_at,
    openedAt: row.opened_at,
    ...(row.acknowledged_at && { acknowledgedAt: row.acknowledged_at }),
    ...(row.acknowledged_by && { acknowledgedBy: row.acknowledged_by }),
    ...(row.mitigated_at && { mitigatedAt: row.mitigated_at }),
    ...(row.resolved_at && { resolvedAt: row.resolved_at }),
    ...(row.resolved_by && { resolvedBy: row.resolved_by }),
    revision: row.revision,
    impact: {
      failed: Number(row.failed),
      helped: Number(row.helped),
      tries: Number(row.tries),
      unpriced: Number(row.unpriced),
      cost: BigInt(row.cost_picos),
    },
  };
}

export interface SignalRow {
  readonly rule: string;
  readonly name: string;
  readonly signal: SignalName;
  readonly severity: Severity;
  readonly began_at: Date;
  readonly last_at: Date;
  readonly value: number;
  readonly peak: number;
  readonly escalated: number;
}

export function signalOf(row: SignalRow): IncidentSignal {
  const { rule, name, signal, severity, began_at: beganAt, last_at: lastAt, value, peak } = row;
  return { rule, name, signal, severity, beganAt, lastAt, value, peak };
}

export interface EntryRow {
  readonly incident_id: string;
  readonly n: number;
  readonly at: Date;
  readonly kind: EntryKind;
  readonly by_key: string | null;
  readonly facts: JsonObject;
  readonly sealed: Buffer | null;
  readonly record: string | null;
  readonly record_index: string | null;
}

export function entryOf(row: EntryRow, open: (row: EntryRow) => string | undefined): TimelineEntry {
  const text = open(row);
  return {
    n: row.n,
    at: row.at,
    kind: row.kind,
    facts: row.facts,
    ...(row.by_key && { by: row.by_key }),
    ...(text !== undefined && { text }),
    ...(row.record && { record: row.record }),
    ...(row.record_index !== null && { recordIndex: Number(row.record_index) }),
  };
}

export interface RemedyRow {
  readonly incident_id: string;
  readonly n: number;
  readonly rule: string;
  readonly action: IncidentRemedy['action'];
  readonly target: string;
  readonly settings: { readonly revert: string; readonly to?: string };
  readonly state: RemedyState;
  readonly revert_at: Date | null;
  readonly done_at: Date | null;
  readonly reverted_at: Date | null;
  readonly undo: JsonObject | null;
  readonly reason: string | null;
  readonly failures: number;
  readonly claim: number;
}

export function remedyOf(row: RemedyRow): IncidentRemedy {
  return {
    n: row.n,
    rule: row.rule,
    action: row.action,
    target: row.target,
    state: row.state,
    revert: row.settings.revert as IncidentRemedy['revert'],
    ...(row.revert_at && { revertAt: row.revert_at }),
    ...(row.done_at && { doneAt: row.done_at }),
    ...(row.reverted_at && { revertedAt: row.reverted_at }),
    ...(row.reason && { reason: row.reason }),
  };
}

export interface NoticeRow {
  readonly id: string;
  readonly channel: string;
  readonly kind: IncidentNotice['kind'];
  readonly status: IncidentNotice['status'];
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly tried: readonly { at: string; ms: number; status: number | null; failure: string | null }[] | null;
}

export function noticeOf(row: NoticeRow): IncidentNotice {
  return {
    id: row.id,
    channel: row.channel,
    kind: row.kind,
    status: row.status,
    createdAt: row.created_at,
    ...(row.finished_at && { finishedAt: row.finished_at }),
    tries: (row.tried ?? []).map(({ at, ms, status, failure }) => ({
      at: new Date(at),
      ms,
      ...(status !== null && { status }),
      ...(failure !== null && { failure }),
    })),
  };
}
