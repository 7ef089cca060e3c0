import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FullIncident, TimelineEntry } from '../incident';
import { reportOf } from './markdown';

const at = (seconds: number) => new Date(Date.parse('2026-11-20T10:00:00.000Z') + seconds * 1_000);
const KEY = '01890000-0000-7000-8000-00000000000a';
const entry = (n: number, seconds: number, kind: TimelineEntry['kind'], more: Partial<TimelineEntry> = {}) => ({
  n,
  at: at(seconds),
  kind,
  facts: {},
  record: `e${n}`,
  recordIndex: 40 + n,
  ...more,
});
const heard = { rule: 'provider-errors', signal: 'error_rate', name: 'openai', value: 0.61234 };
const remedy = { n: 1, action: 'fail_over', target: 'openai/*', rule: 'provider-errors' };

const INCIDENT: FullIncident = {
  id: '01890000-0000-7000-8000-000000000001',
  subject: 'provider:openai',
  rule: 'provider-errors',
  severity: 'critical',
  state: 'resolved',
  beganAt: at(-4),
  openedAt: at(0),
  acknowledgedAt: at(90),
  acknowledgedBy: KEY,
  mitigatedAt: at(2),
  resolvedAt: at(900),
  revision: 9,
  impact: { failed: 41, helped: 1_204, tries: 44, unpriced: 2, cost: 1_234_567_000_000n },
  signals: [
    {
      rule: 'provider-errors',
      signal: 'error_rate',
      name: 'openai',
      severity: 'high',
      beganAt: at(-4),
      lastAt: at(240),
      value: 0,
      peak: 0.98765,
    },
    {
      rule: 'breaker|open',
      signal: 'breaker',
      name: 'openai/`x`',
      severity: 'low',
      beganAt: at(1),
      lastAt: at(200),
      value: 1,
      peak: 2,
    },
  ],
  tenants: [{ tenantId: '01890000-0000-7000-8000-0000000000aa', failed: 41, helped: 1_204 }],
  timeline: [
    entry(1, 0, 'opened', { facts: heard }),
    entry(2, 1, 'notified', { facts: { channel: 'team', kind: 'opened' } }),
    entry(3, 2, 'remediated', { facts: remedy }),
    entry(4, 60, 'severity', { facts: { from: 'high', to: 'critical', rule: 'provider-errors' } }),
    entry(5, 60, 'escalated', { facts: { rule: 'provider-errors', after_seconds: 60, to: ['on-call'] } }),
    entry(6, 61, 'not_notified', { facts: { channel: 'on-call', kind: 'escalated', reason: 'timeout' } }),
    entry(7, 90, 'acknowledged', { by: KEY }),
    entry(8, 95, 'note', { by: KEY, text: 'Their status page says so.\n<script>' }),
    entry(9, 300, 'trial', { facts: { trial: 1 } }),
    entry(10, 301, 'reverted', { facts: remedy }),
    entry(11, 310, 'trial_failed', { facts: heard }),
    entry(12, 900, 'resolved', { record: '', recordIndex: undefined } as Partial<TimelineEntry>),
  ],
  remedies: [
    {
      n: 1,
      rule: 'provider-errors',
      action: 'fail_over',
      target: 'openai/*',
      state: 'reverted',
      revert: 'onResolve',
      doneAt: at(2),
      revertedAt: at(301),
    },
    {
      n: 2,
      rule: 'provider-errors',
      action: 'roll_back_flag',
      target: 'fast-model',
      state: 'skipped',
      revert: 'manual',
      reason: 'never_changed',
    },
  ],
  notices: [],
};

describe('reportOf', () => {
  it('says what happened, as it has always said it', () => {
    expect(reportOf(INCIDENT)).toBe(readFileSync(join(__dirname, 'example-report.md'), 'utf8'));
  });

  it('of an incident that has just begun leaves open what is not known', () => {
    const { acknowledgedAt, acknowledgedBy, mitigatedAt, resolvedAt, ...young } = INCIDENT;
    expect([acknowledgedAt, acknowledgedBy, mitigatedAt, resolvedAt]).not.toContain(undefined);
    const report = reportOf({ ...young, state: 'open', timeline: [], remedies: [], tenants: [] });
    expect(report).toContain('| Resolved | – | – |');
    expect(report).toContain('Nothing is on the record yet.');
    expect(report.match(/^Nothing\.$/gm)).toHaveLength(2);
  });
});
