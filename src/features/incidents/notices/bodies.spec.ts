import { SEVERITIES } from '../../../platform/config/incidents';
import { NOTICE_KINDS } from '../incident';
import { NOTICE_BODIES } from './bodies';
import type { NoticeFacts, NoticeMessage } from './notice';

const FACTS: NoticeFacts = {
  id: '01890000-0000-7000-8000-000000000001',
  subject: 'provider:<a&b>',
  rule: 'provider-errors',
  severity: 'high',
  began_at: '2026-11-20T09:59:56.000Z',
  opened_at: '2026-11-20T10:00:00.000Z',
};
const SECRET = 'a-secret-of-the-channel';
const message = (more: Partial<NoticeMessage> = {}): NoticeMessage => ({
  id: 'n1',
  kind: 'opened',
  at: new Date(FACTS.opened_at),
  facts: FACTS,
  ...more,
});
const types = Object.keys(NOTICE_BODIES) as (keyof typeof NOTICE_BODIES)[];

describe.each(types)('what is posted to %s', (type) => {
  const post = (more: Partial<NoticeMessage> = {}) => JSON.stringify(NOTICE_BODIES[type](message(more), SECRET));

  it.each(NOTICE_KINDS)('of an incident that was %s names it, and is the same however often it is made', (kind) => {
    expect(post({ kind })).toContain(FACTS.id);
    expect(post({ kind })).toBe(post({ kind }));
  });

  it.each(SEVERITIES)('tells that it is %s from other severities', (severity) => {
    const others = SEVERITIES.filter((one) => one !== severity);
    const of = (one: (typeof SEVERITIES)[number]) => post({ facts: { ...FACTS, severity: one } });
    for (const other of others) expect(of(severity)).not.toBe(of(other));
  });

  it('holds the secret of the channel only where its service asks for that', () => {
    expect(post().includes(SECRET)).toBe(type === 'pagerduty');
  });
});

describe('bodies', () => {
  it('are what PagerDuty documents: one key, and a payload with what triggers', () => {
    const of = (kind: NoticeMessage['kind']) => NOTICE_BODIES.pagerduty(message({ kind }), SECRET);
    const common = { routing_key: SECRET, dedup_key: `gatehouse/${FACTS.id}` };
    expect(of('opened')).toMatchObject({
      ...common,
      event_action: 'trigger',
      payload: {
        summary: 'Incident: provider-errors on provider:<a&b> (high)',
        source: 'gatehouse',
        severity: 'error',
        timestamp: FACTS.opened_at,
      },
    });
    expect(of('escalated')).toMatchObject({ ...common, event_action: 'trigger' });
    expect(of('acknowledged')).toEqual({ ...common, event_action: 'acknowledge' });
    expect(of('resolved')).toEqual({ ...common, event_action: 'resolve' });
  });

  it('leave Slack nothing to interpret', () => {
    const body = NOTICE_BODIES.slack(message(), SECRET) as { text: string };
    expect(body.text).toBe('Incident: provider-errors on provider:&lt;a&amp;b&gt; (high)');
    expect(JSON.stringify(body)).not.toContain('<a');
  });

  it('have the shape of other webhooks of the gateway', () => {
    expect(NOTICE_BODIES.webhook(message({ kind: 'resolved' }), SECRET)).toEqual({
      type: 'incident.resolved',
      timestamp: FACTS.opened_at,
      data: {
        incident_id: FACTS.id,
        subject: FACTS.subject,
        rule: FACTS.rule,
        severity: 'high',
        began_at: FACTS.began_at,
        opened_at: FACTS.opened_at,
        links: { self: `/v1/incidents/${FACTS.id}`, report: `/v1/incidents/${FACTS.id}/report` },
      },
    });
  });
});
