import type { Channel, Severity } from '../../../platform/config/incidents';
import { type NoticeBody, type NoticeMessage, summaryOf } from './notice';

const COLOURS: Readonly<Record<Severity, string>> = {
  low: '#7a869a',
  medium: '#f2a600',
  high: '#e8590c',
  critical: '#c92a2a',
};
const RESOLVED = '#2b8a3e';
const PAGED: Readonly<Record<Severity, string>> = {
  low: 'info',
  medium: 'warning',
  high: 'error',
  critical: 'critical',
};
const SUMMARY_CHARACTERS = 1_024;

/** The shape of the messages of webhooks for jobs: what happened, when, to what. */
const webhook: NoticeBody = ({ kind, at, facts: { id, ...facts } }) => ({
  type: `incident.${kind}`,
  timestamp: at.toISOString(),
  data: { incident_id: id, ...facts, links: { self: `/v1/incidents/${id}`, report: `/v1/incidents/${id}/report` } },
});

/** https://api.slack.com/messaging/webhooks, with an attachment for the colour. */
const slack: NoticeBody = (message) => {
  const { kind, facts } = message;
  const text = escaped(summaryOf(message));
  const fields = [
    ['Began', facts.began_at],
    ['Detected', facts.opened_at],
    ['Incident', facts.id],
  ];
  return {
    text,
    attachments: [
      {
        color: kind === 'resolved' ? RESOLVED : COLOURS[facts.severity],
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: `*${text}*` } },
          {
            type: 'section',
            fields: fields.map(([name, value]) => ({ type: 'mrkdwn', text: `*${name}*\n${escaped(value ?? '')}` })),
          },
        ],
      },
    ],
  };
};

/** https://developer.pagerduty.com/docs/send-alert-event: whatever is sent of one incident has one key. */
const pagerduty: NoticeBody = (message, routingKey) => {
  const { kind, facts } = message;
  const { id, subject, rule, severity, began_at, opened_at } = facts;
  const action = { opened: 'trigger', escalated: 'trigger', acknowledged: 'acknowledge', resolved: 'resolve' }[kind];
  const event = { routing_key: routingKey, event_action: action, dedup_key: dedupKey(message) };
  if (action !== 'trigger') return event;
  return {
    ...event,
    client: 'Gatehouse',
    payload: {
      summary: summaryOf(message).slice(0, SUMMARY_CHARACTERS),
      source: 'gatehouse',
      severity: PAGED[severity],
      timestamp: opened_at,
      component: subject,
      class: rule,
      custom_details: { incident_id: id, began_at },
    },
  };
};

/** What is posted to each kind of channel. To add one: its settings in the configuration, and its message here. */
export const NOTICE_BODIES: Readonly<Record<Channel['type'], NoticeBody>> = { webhook, slack, pagerduty };

export const dedupKey = ({ facts }: Pick<NoticeMessage, 'facts'>): string => `gatehouse/${facts.id}`;

/** Slack's three characters. Names of models come from callers. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
