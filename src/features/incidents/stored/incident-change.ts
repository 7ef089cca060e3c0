import { uuidv7 } from '../../../contract/ids';
import type { JsonObject } from '../../../contract/json';
import {
  type IncidentRule,
  type RemedyRule,
  scopeOf,
  SEVERITIES,
  type Severity,
} from '../../../platform/config/incidents';
import { type EntryKind, type NoticeKind } from '../incident';
import type { Hearing } from '../rules/rule-board';
import { COLUMNS, type IncidentRow, type RemedyRow, type SignalRow } from './incident-row';

/** One transaction. */
export interface Transaction {
  query<T>(sql: string, values?: unknown[]): Promise<T>;
}

/** The entry of the audit log that tells of a change, where it is there already. */
export interface Recorded {
  readonly id: string;
  readonly index?: number | undefined;
}
interface EntryDetails {
  readonly by?: string | undefined;
  readonly sealed?: Buffer | undefined;
  readonly record?: Recorded | undefined;
}

export interface ClosedIncident {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  /** From its detection to its end. */
  readonly seconds: number;
}

const MOST_SIGNALS = 200;
const MOST_REMEDIES = 50;

const UNDO = `
  update incident_remedies set state = case when state = 'due' then 'skipped' else 'reverting' end,
    reason = case when state = 'due' then 'quiet' end, next_at = clock_timestamp(), failures = 0
  where incident_id = $1 and (state = 'due' or (state = 'done' and settings ->> 'revert' = 'onResolve'))`;
const LOCK = `select ${COLUMNS} from incidents where id = $1 for update`;
const ENTRY = `
  insert into incident_entries (incident_id, n, at, kind, by_key, facts, sealed, record, record_index)
  select $1, 1 + coalesce(max(n), 0), clock_timestamp(), $2, $3, $4, $5, $6, $7 from incident_entries where incident_id = $1`;
const SET_SIGNAL = `
  insert into incident_signals (incident_id, rule, name, signal, severity, began_at, last_at, value, peak, quiet_ms)
  select $1, $2, $3, $4, $5, least($6, clock_timestamp()), clock_timestamp(), $7, $7, $8
  where (select count(*) from incident_signals where incident_id = $1) < ${MOST_SIGNALS}
    or exists (select from incident_signals where incident_id = $1 and rule = $2 and name = $3)
  on conflict (incident_id, rule, name) do update
    set began_at = least(incident_signals.began_at, excluded.began_at), last_at = excluded.last_at, value = excluded.value, peak = greatest(incident_signals.peak, excluded.peak)`;
const SIGNALS = `
  select rule, name, signal, severity, began_at, last_at, value, peak, escalated,
    last_at + make_interval(secs => quiet_ms / 1000.0) <= clock_timestamp() as quiet
  from incident_signals where incident_id = $1`;
const REMEDIES = `
  select incident_id, n, rule, action, target, settings, state, revert_at, done_at, reverted_at, undo, reason, failures, claim
  from incident_remedies where incident_id = $1 order by n`;
const ADD_REMEDY = `
  insert into incident_remedies (incident_id, n, rule, action, target, settings, state, next_at)
  select $1, 1 + coalesce(max(n), 0), $2, $3, $4, $5, 'due', clock_timestamp() from incident_remedies where incident_id = $1`;
const TOLD = `select distinct channel from incident_notices where incident_id = $1`;
const ADD_NOTICE = `
  insert into incident_notices (id, incident_id, channel, kind, facts, created_at, next_at)
  values ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp())`;

/** An incident that nobody else changes at the moment. What is done here counts only once its transaction is committed. */
export class IncidentChange {
  private constructor(
    private readonly db: Transaction,
    readonly row: IncidentRow,
  ) {}

  static async lock(db: Transaction, id: string): Promise<IncidentChange | undefined> {
    const [row] = await db.query<IncidentRow[]>(LOCK, [id]);
    return row && new IncidentChange(db, row);
  }

  get id(): string {
    return this.row.id;
  }

  signals(): Promise<(SignalRow & { readonly quiet: boolean })[]> {
    return this.db.query(SIGNALS, [this.id]);
  }

  remedies(): Promise<RemedyRow[]> {
    return this.db.query(REMEDIES, [this.id]);
  }

  async hear({ rule, of, value, began }: Hearing): Promise<void> {
    const { name, when, severity, resolve } = rule;
    const heard = [name, of, when.signal, severity, new Date(began), value, resolve.for];
    await this.db.query(SET_SIGNAL, [this.id, ...heard]);
  }

  async entry(kind: EntryKind, facts: JsonObject = {}, { by, sealed, record }: EntryDetails = {}): Promise<void> {
    const details = [by ?? null, JSON.stringify(facts), sealed ?? null, record?.id ?? null, record?.index ?? null];
    await this.db.query(ENTRY, [this.id, kind, ...details]);
  }

  /** @param sql what is set; `$1` is the incident */
  async set(sql: string, ...values: unknown[]): Promise<void> {
    await this.db.query(`update incidents set revision = revision + 1, ${sql} where id = $1`, [this.id, ...values]);
  }

  /** Makes it graver, if it is. */
  async raise(severity: Severity, facts: JsonObject): Promise<Severity> {
    if (SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(this.row.severity)) return this.row.severity;
    await this.set('severity = $2', severity);
    await this.entry('severity', { from: this.row.severity, to: severity, ...facts });
    return severity;
  }

  /** Those that were told of it. */
  async told(): Promise<string[]> {
    return (await this.db.query<{ channel: string }[]>(TOLD, [this.id])).map(({ channel }) => channel);
  }

  async notify(channels: Iterable<string>, kind: NoticeKind, facts: JsonObject = {}): Promise<void> {
    const { id, subject, rule, severity, began_at: began, opened_at: opened } = this.row;
    const told = {
      id,
      subject,
      rule,
      severity,
      began_at: began.toISOString(),
      opened_at: opened.toISOString(),
      ...facts,
    };
    for (const channel of new Set(channels))
      await this.db.query(ADD_NOTICE, [uuidv7(), id, channel, kind, JSON.stringify(told)]);
  }

  /** What is in force until the end is undone; what is not yet done, never will be. */
  async undoRemedies(): Promise<void> {
    await this.db.query(UNDO, [this.id]);
  }

  /** @param details who closes it; absent: it is over */
  async resolve(details: EntryDetails = {}): Promise<ClosedIncident> {
    const { id, rule, severity, opened_at: opened } = this.row;
    await this.entry('resolved', {}, details);
    await this.set('resolved_at = clock_timestamp(), resolved_by = $2', details.by ?? null);
    await this.notify(await this.told(), 'resolved');
    return { id, rule, severity, seconds: (Date.now() - opened.getTime()) / 1_000 };
  }

  /** What the rule says is to be done about what it is measured on; once each for one incident. */
  async remedy(rule: IncidentRule, of: string): Promise<void> {
    const known = await this.remedies();
    for (const remedy of rule.remediate) {
      const target = targetOf(remedy, rule, of);
      if (known.length >= MOST_REMEDIES) return;
      if (known.some(({ action, target: other }) => action === remedy.action && other === target)) continue;
      const settings = JSON.stringify(settingsOf(remedy));
      await this.db.query(ADD_REMEDY, [this.id, rule.name, remedy.action, target, settings]);
    }
  }
}

function targetOf(remedy: RemedyRule, { when }: IncidentRule, of: string): string {
  if (remedy.action === 'roll_back_flag') return remedy.flag;
  // models are told from providers by their name
  return scopeOf(when) === 'provider' ? `${of}/*` : of;
}

function settingsOf(remedy: RemedyRule): JsonObject {
  const { revert, perHour, coolDown } = remedy;
  return {
    revert: typeof revert === 'string' ? revert : 'after',
    ...(typeof revert === 'object' && { after_ms: revert.after }),
    per_hour: perHour,
    cool_down_ms: coolDown,
    ...(remedy.action === 'roll_back_flag' && { to: remedy.to }),
  };
}
