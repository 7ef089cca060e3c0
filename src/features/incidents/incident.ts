import type { JsonObject } from '../../contract/json';
import type { Picos } from '../../contract/money';
import type { RemedyAction, Severity, SignalName } from '../../platform/config/incidents';

/** `trial`: all is quiet, and what was done about it is undone to see whether it stays so. */
export type IncidentState = 'open' | 'acknowledged' | 'trial' | 'resolved';

export interface Incident {
  /** A version 7 UUID: sorts by time. */
  readonly id: string;
  /** As `subjectOf` names it. */
  readonly subject: string;
  /** The rule that opened it. */
  readonly rule: string;
  readonly severity: Severity;
  readonly state: IncidentState;
  /** The first failure, as far as it is known; no later than `openedAt`. */
  readonly beganAt: Date;
  /** When it was detected. */
  readonly openedAt: Date;
  readonly acknowledgedAt?: Date;
  readonly acknowledgedBy?: string;
  /** The first remedy was in force. */
  readonly mitigatedAt?: Date;
  readonly resolvedAt?: Date;
  /** Absent where it resolved by itself. */
  readonly resolvedBy?: string;
  /** Grows with each change. */
  readonly revision: number;
  readonly impact: Impact;
}

export interface Impact {
  /** Calls that failed for their callers. */
  readonly failed: number;
  /** Calls that another model answered. */
  readonly helped: number;
  /** Times that the provider was asked and failed. */
  readonly tries: number;
  /** What failed calls cost, and what stand-ins cost more (or less) than the model that was meant. */
  readonly cost: Picos;
  /** Calls of which one of these has no known price. */
  readonly unpriced: number;
}

export interface IncidentSignal {
  readonly rule: string;
  readonly signal: SignalName;
  /** What it was measured on. */
  readonly name: string;
  readonly severity: Severity;
  readonly beganAt: Date;
  readonly lastAt: Date;
  readonly value: number;
  readonly peak: number;
}

export const ENTRY_KINDS = [
  'opened',
  'signal',
  'severity',
  'escalated',
  'remediated',
  'not_remediated',
  'reverted',
  'not_reverted',
  'trial',
  'trial_failed',
  'acknowledged',
  'note',
  'notified',
  'not_notified',
  'resolved',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Something that happened, or that somebody did. */
export interface TimelineEntry {
  /** From 1. */
  readonly n: number;
  readonly at: Date;
  readonly kind: EntryKind;
  /** The API key of whoever did it; absent: the gateway by itself. */
  readonly by?: string;
  /** Names and numbers. */
  readonly facts: JsonObject;
  /** What somebody wrote. */
  readonly text?: string;
  /** The entry of the audit log that tells of it, and its place there. */
  readonly record?: string;
  readonly recordIndex?: number;
}

export type RemedyState = 'due' | 'done' | 'reverting' | 'reverted' | 'skipped' | 'failed';
export interface IncidentRemedy {
  readonly n: number;
  readonly rule: string;
  readonly action: RemedyAction;
  readonly target: string;
  readonly state: RemedyState;
  readonly revert: 'onResolve' | 'manual' | 'after';
  readonly revertAt?: Date;
  readonly doneAt?: Date;
  readonly revertedAt?: Date;
  /** Why it was not done, or not undone. */
  readonly reason?: string;
}

export interface AffectedTenant {
  readonly tenantId: string;
  readonly failed: number;
  readonly helped: number;
}

export interface NoticeTry {
  readonly at: Date;
  readonly ms: number;
  /** Of the answer. */
  readonly status?: number;
  readonly failure?: string;
}
export interface IncidentNotice {
  readonly id: string;
  readonly channel: string;
  readonly kind: NoticeKind;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly createdAt: Date;
  readonly finishedAt?: Date;
  readonly tries: readonly NoticeTry[];
}

export const NOTICE_KINDS = ['opened', 'escalated', 'acknowledged', 'resolved'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** An incident and all that is known of it. */
export interface FullIncident extends Incident {
  readonly signals: readonly IncidentSignal[];
  /** The most affected first. */
  readonly tenants: readonly AffectedTenant[];
  readonly timeline: readonly TimelineEntry[];
  readonly remedies: readonly IncidentRemedy[];
  readonly notices: readonly IncidentNotice[];
}
