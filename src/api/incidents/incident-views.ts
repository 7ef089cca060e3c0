import type { z } from 'zod';
import { usdText } from '../../contract/money';
import { figuresOf, type FullIncident, type Incident, type IncidentStats } from '../../features/incidents';
import type { FullIncidentView, IncidentView, StatsView } from './incident-schema';

const timeOf = (at: Date | undefined): string | null => at?.toISOString() ?? null;

export function incidentView(incident: Incident): z.output<typeof IncidentView> {
  const { failed, helped, tries, cost, unpriced } = incident.impact;
  return {
    id: incident.id,
    subject: incident.subject,
    rule: incident.rule,
    severity: incident.severity,
    state: incident.state,
    revision: incident.revision,
    began_at: incident.beganAt.toISOString(),
    opened_at: incident.openedAt.toISOString(),
    acknowledged_at: timeOf(incident.acknowledgedAt),
    acknowledged_by: incident.acknowledgedBy ?? null,
    mitigated_at: timeOf(incident.mitigatedAt),
    resolved_at: timeOf(incident.resolvedAt),
    resolved_by: incident.resolvedBy ?? null,
    impact: {
      failed_calls: failed,
      helped_calls: helped,
      failed_tries: tries,
      cost_usd: usdText(cost),
      unpriced_calls: unpriced,
    },
  };
}

export function fullIncidentView(incident: FullIncident): z.output<typeof FullIncidentView> {
  return {
    ...incidentView(incident),
    signals: incident.signals.map(({ beganAt, lastAt, ...signal }) => ({
      ...signal,
      began_at: beganAt.toISOString(),
      last_at: lastAt.toISOString(),
    })),
    tenants: incident.tenants.map(({ tenantId, failed, helped }) => ({
      tenant: tenantId,
      failed_calls: failed,
      helped_calls: helped,
    })),
    timeline: incident.timeline.map(({ n, at, kind, by, facts, text, record, recordIndex }) => ({
      n,
      at: at.toISOString(),
      kind,
      by: by ?? null,
      facts: { ...facts } as Record<string, string>,
      text: text ?? null,
      audit_entry: record ?? null,
      audit_index: recordIndex ?? null,
    })),
    remediations: incident.remedies.map(({ n, rule, action, target, state, revert, reason, ...times }) => ({
      n,
      rule,
      action,
      target,
      state,
      revert,
      revert_at: timeOf(times.revertAt),
      done_at: timeOf(times.doneAt),
      reverted_at: timeOf(times.revertedAt),
      reason: reason ?? null,
    })),
    notices: incident.notices.map(({ id, channel, kind, status, createdAt, finishedAt, tries }) => ({
      id,
      channel,
      kind,
      status,
      created_at: createdAt.toISOString(),
      finished_at: timeOf(finishedAt),
      tries: tries.map(({ at, ms, status: answered, failure }) => ({
        at: at.toISOString(),
        ms,
        status: answered ?? null,
        failure: failure ?? null,
      })),
    })),
  };
}

/** What is in the report, for programs. */
export function reportView(incident: FullIncident): object {
  const { detectedAfter, acknowledgedAfter, mitigatedAfter, resolvedAfter } = figuresOf(incident);
  return {
    incident: fullIncidentView(incident),
    seconds: {
      to_detect: detectedAfter,
      to_acknowledge: acknowledgedAfter ?? null,
      to_mitigate: mitigatedAfter ?? null,
      to_resolve: resolvedAfter ?? null,
    },
  };
}

export function statsView(stats: readonly IncidentStats[]): z.output<typeof StatsView> {
  const sum = (what: 'opened' | 'open') => stats.reduce((all, one) => all + one[what], 0);
  return {
    opened: sum('opened'),
    open: sum('open'),
    ...averages({
      acknowledgedAfter: overall(stats, 'acknowledged'),
      mitigatedAfter: overall(stats, 'mitigated'),
      resolvedAfter: overall(stats, 'resolved'),
    }),
    rules: stats.map((one) => {
      const { rule, severity, opened, open } = one;
      const means = (['acknowledged', 'mitigated', 'resolved'] as const).map((what) => overall([one], what));
      const [acknowledgedAfter, mitigatedAfter, resolvedAfter] = means;
      return { rule, severity, opened, open, ...averages({ acknowledgedAfter, mitigatedAfter, resolvedAfter }) };
    }),
  };
}

function averages(
  means: Partial<Record<'acknowledgedAfter' | 'mitigatedAfter' | 'resolvedAfter', number | undefined>>,
) {
  const { acknowledgedAfter = null, mitigatedAfter = null, resolvedAfter = null } = means;
  return { mtta_seconds: acknowledgedAfter, mttm_seconds: mitigatedAfter, mttr_seconds: resolvedAfter };
}

function overall(stats: readonly IncidentStats[], what: 'acknowledged' | 'mitigated' | 'resolved'): number | undefined {
  const n = stats.reduce((all, one) => all + one[what].n, 0);
  return n ? stats.reduce((all, one) => all + one[what].seconds, 0) / n : undefined;
}
