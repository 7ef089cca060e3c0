import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../contract/json';
import { AuditLog, type Facts, type PlainObject } from '../../features/audit';
import type { IncidentRecords, Recorded, RemedyOrder, Unrecorded } from '../../features/incidents';

const EVENTS: { readonly [K in Unrecorded['kind']]: Facts['event'] } = {
  opened: 'incident.opened',
  signal: 'incident.changed',
  trial: 'incident.changed',
  trial_failed: 'incident.changed',
  severity: 'incident.escalated',
  escalated: 'incident.escalated',
  remediated: 'incident.remediated',
  not_remediated: 'incident.remediated',
  reverted: 'incident.reverted',
  not_reverted: 'incident.reverted',
  acknowledged: 'incident.acknowledged',
  note: 'incident.noted',
  notified: 'incident.notified',
  not_notified: 'incident.notified',
  resolved: 'incident.resolved',
};

/** Puts on the record what becomes of incidents, and what the gateway does about them by itself. */
@Injectable()
export class IncidentAudit {
  constructor(private readonly log: AuditLog) {}

  /** What is in timelines and not in the log. @throws GatewayError `audit_unavailable` */
  catchUp(records: IncidentRecords): Promise<void> {
    return records.record(async ({ incidentId, n, kind, at, subject, rule, severity, facts }) =>
      this.append(EVENTS[kind], kind.startsWith('not_') ? 'failed' : 'ok', {
        ...plain(facts),
        incident: incidentId,
        entry: n,
        kind,
        at: at.toISOString(),
        subject,
        rule,
        severity,
      }),
    );
  }

  /** That a remedy is about to be applied or reverted. @throws GatewayError `audit_unavailable`: it must not be */
  intend({ incidentId, n, way, action, target, rule, settings }: RemedyOrder): Promise<Recorded | undefined> {
    const by = settings['by'];
    return this.append(way === 'apply' ? 'incident.remediated' : 'incident.reverted', 'intended', {
      incident: incidentId,
      remedy: n,
      action,
      target,
      rule,
      ...(typeof by === 'string' && { by }),
    });
  }

  private async append(event: Facts['event'], outcome: string, metadata: PlainObject): Promise<Recorded | undefined> {
    const [receipt] = await this.log.append({ facts: { event, outcome, metadata } });
    return receipt && { id: receipt.entryId, index: receipt.index };
  }
}

/** Headers hold whole numbers. */
function plain(facts: JsonObject): PlainObject {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      const isPlain = typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
      return [name, isPlain && !(Number(value) < 0) ? (value as string | number | boolean) : JSON.stringify(value)];
    }),
  );
}
