import type { Severity } from '../../../platform/config/incidents';
import type { NoticeKind } from '../incident';

/** What was true when somebody was to be told: names, numbers and times. */
export interface NoticeFacts {
  readonly id: string;
  readonly subject: string;
  readonly rule: string;
  readonly severity: Severity;
  /** RFC 3339. */
  readonly began_at: string;
  readonly opened_at: string;
}

export interface NoticeMessage {
  /** The same however often the message is sent. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly at: Date;
  readonly facts: NoticeFacts;
}

/** What is posted, as JSON. */
export type NoticeBody = (message: NoticeMessage, secret: string) => object;

const WORDS: Readonly<Record<NoticeKind, string>> = {
  opened: 'Incident',
  escalated: 'Escalated, nobody acknowledged it',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
};

/** One line: what happened to what, and how grave it is. */
export function summaryOf({ kind, facts: { subject, rule, severity } }: Pick<NoticeMessage, 'kind' | 'facts'>): string {
  return `${WORDS[kind]}: ${rule} on ${subject} (${severity})`;
}
