import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { GatewayError } from '../../../contract/errors';
import { isUuid } from '../../../contract/ids';
import { SEVERITIES, type Severity } from '../../../platform/config/incidents';
import { SealedBox } from '../../../platform/secrets/sealed-box';
import type { AffectedTenant, FullIncident, Incident } from '../incident';
import { type ClosedIncident, IncidentChange, type Recorded, type Transaction } from './incident-change';
import {
  COLUMNS,
  entryOf,
  type EntryRow,
  type IncidentRow,
  incidentOf,
  noticeOf,
  type NoticeRow,
  remedyOf,
  type RemedyRow,
  signalOf,
  type SignalRow,
} from './incident-row';

const SEAL = 'incident-note';
const MOST_SHOWN = 1_000;

export interface IncidentFilter {
  readonly state?: 'open' | 'resolved';
  readonly severity?: Severity;
  /** Of any rule that was heard. */
  readonly rule?: string;
  readonly subject?: string;
  /** When it was detected: from, and before. */
  readonly from?: Date;
  readonly to?: Date;
}

/** How many got so far, and how many seconds after their detection, added up. */
export interface Took {
  readonly n: number;
  readonly seconds: number;
}

export interface IncidentStats {
  readonly rule: string;
  readonly severity: Severity;
  readonly opened: number;
  readonly open: number;
  readonly acknowledged: Took;
  readonly mitigated: Took;
  readonly resolved: Took;
}

/** Who does it, and the entry of the audit log that says so. */
export interface By {
  readonly keyId: string;
  readonly record: Recorded | undefined;
}

const LIST = `
  select ${COLUMNS} from incidents i
  where ($1::text is null or (resolved_at is null) = ($1 = 'open')) and ($2::text is null or severity = $2)
    and ($3::text is null or exists (select from incident_signals s where s.incident_id = i.id and s.rule = $3))
    and ($4::text is null or subject = $4)
    and ($5::timestamptz is null or opened_at >= $5) and ($6::timestamptz is null or opened_at < $6)
    and ($7::uuid is null or id < $7)
  order by id desc limit $8`;
const SIGNALS = `
  select rule, name, signal, severity, began_at, last_at, value, peak, escalated from incident_signals
  where incident_id = $1 order by began_at, rule, name`;
const TENANTS = `
  select tenant_id, failed::float8 as failed, helped::float8 as helped from incident_tenants
  where incident_id = $1 order by incident_tenants.failed desc, incident_tenants.helped desc, tenant_id limit ${MOST_SHOWN}`;
const ENTRIES = `
  select incident_id, n, at, kind, by_key, facts, sealed, record, record_index from incident_entries
  where incident_id = $1 order by n limit ${MOST_SHOWN}`;
const NOTICES = `
  select n.id, n.channel, n.kind, n.status, n.created_at, n.finished_at,
    (select json_agg(json_build_object('at', t.at, 'ms', t.ms, 'status', t.status, 'failure', t.failure) order by t.n)
      from incident_notice_tries t where t.notice_id = n.id) as tried
  from incident_notices n where n.incident_id = $1 order by n.id limit ${MOST_SHOWN}`;
const took = (column: string) =>
  `json_build_object('n', count(${column}), 'seconds', coalesce(extract(epoch from sum(${column} - opened_at)), 0)::float8)`;
const STATS = `
  select rule, severity, count(*)::int as opened, count(*) filter (where resolved_at is null)::int as open,
    ${took('acknowledged_at')} as acknowledged, ${took('mitigated_at')} as mitigated, ${took('resolved_at')} as resolved
  from incidents where ($1::timestamptz is null or opened_at >= $1) and ($2::timestamptz is null or opened_at < $2)
  group by rule, severity order by rule, severity`;

/** Incidents as operators see them and deal with them. */
@Injectable()
export class Incidents {
  constructor(
    private readonly database: DataSource,
    private readonly box: SealedBox,
  ) {}

  /** Newest first. */
  async list(filter: IncidentFilter, before: string | undefined, limit: number): Promise<Incident[]> {
    const { state, severity, rule, subject, from, to } = filter;
    const asked = [state, severity, rule, subject, from, to, before].map((value) => value ?? null);
    const rows = await this.database.query<IncidentRow[]>(LIST, [...asked, limit]);
    return rows.map(incidentOf);
  }

  /** @throws GatewayError `not_found` */
  async find(id: string): Promise<FullIncident> {
    const [row] = isUuid(id)
      ? await this.database.query<IncidentRow[]>(`select ${COLUMNS} from incidents where id = $1`, [id])
      : [];
    if (!row) throw noIncident();
    const [signals, tenants, entries, remedies, notices] = await Promise.all([
      this.database.query<SignalRow[]>(SIGNALS, [id]),
      this.database.query<(Omit<AffectedTenant, 'tenantId'> & { tenant_id: string })[]>(TENANTS, [id]),
      this.database.query<EntryRow[]>(ENTRIES, [id]),
      this.database.query<RemedyRow[]>(`select * from incident_remedies where incident_id = $1 order by n`, [id]),
      this.database.query<NoticeRow[]>(NOTICES, [id]),
    ]);
    return {
      ...incidentOf(row),
      signals: signals.map(signalOf),
      tenants: tenants.map(({ tenant_id: tenantId, failed, helped }) => ({ tenantId, failed, helped })),
      timeline: entries.map((entry) => entryOf(entry, this.text)),
      remedies: remedies.map(remedyOf),
      notices: notices.map(noticeOf),
    };
  }

  /** By rule and severity, of those that were detected then. */
  async stats(from: Date | undefined, to: Date | undefined): Promise<IncidentStats[]> {
    const rows = await this.database.query<IncidentStats[]>(STATS, [from ?? null, to ?? null]);
    return rows.sort(
      (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.rule.localeCompare(b.rule),
    );
  }

  /** Somebody looks after it: it is not escalated any more. @throws GatewayError `not_found`, `conflict` when it is closed */
  acknowledge(id: string, { keyId, record }: By): Promise<void> {
    return this.change(id, async (change) => {
      if (change.row.acknowledged_at) return;
      await change.set('acknowledged_at = clock_timestamp(), acknowledged_by = $2', keyId);
      await change.entry('acknowledged', {}, { by: keyId, record });
      await change.notify(await change.told(), 'acknowledged');
    });
  }

  /** Also of one that is closed. @throws GatewayError `not_found` */
  note(id: string, text: string, { keyId, record }: By): Promise<void> {
    return this.change(
      id,
      async (change) => {
        const sealed = this.box.seal(SEAL, '', id, Buffer.from(text));
        await change.set('severity = severity');
        await change.entry('note', {}, { by: keyId, record, sealed });
      },
      true,
    );
  }

  /** What was done about it until its end is undone. @throws GatewayError `not_found`, `conflict` when it is closed already */
  async resolve(id: string, { keyId, record }: By): Promise<ClosedIncident> {
    return this.change(id, async (change) => {
      await change.undoRemedies();
      return change.resolve({ by: keyId, record });
    });
  }

  /** Orders a remedy to be undone. @throws GatewayError `not_found`; `conflict` when it is not in force */
  revert(id: string, n: number, { keyId }: Pick<By, 'keyId'>): Promise<void> {
    return this.change(
      id,
      async (change, db) => {
        const remedy = (await change.remedies()).find((one) => one.n === n);
        if (!remedy) throw new GatewayError('not_found', 'There is no such remediation', { param: 'n' });
        if (remedy.state !== 'done')
          throw new GatewayError('conflict', `The remediation is not in force: ${remedy.state}`, { param: 'n' });
        // it is for people now: no trial does it again
        await db.query(
          `update incident_remedies set state = 'reverting', failures = 0, next_at = clock_timestamp(),
             settings = settings || jsonb_build_object('revert', 'manual', 'by', $3::text) where incident_id = $1 and n = $2`,
          [id, n, keyId],
        );
      },
      true,
    );
  }

  private async change<T>(
    id: string,
    work: (change: IncidentChange, db: Transaction) => Promise<T>,
    closedToo = false,
  ): Promise<T> {
    if (!isUuid(id)) throw noIncident();
    return this.database.transaction(async (db) => {
      const change = await IncidentChange.lock(db, id);
      if (!change) throw noIncident();
      if (change.row.resolved_at && !closedToo) throw new GatewayError('conflict', 'The incident is closed');
      return work(change, db);
    });
  }

  private readonly text = ({ incident_id: id, sealed }: EntryRow): string | undefined =>
    sealed ? this.box.open(SEAL, '', id, sealed).toString() : undefined;
}

function noIncident(): GatewayError {
  return new GatewayError('not_found', 'There is no such incident', { param: 'id' });
}
