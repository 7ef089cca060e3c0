import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../../platform/config/config';
import { type IncidentRule, type Severity } from '../../../platform/config/incidents';
import { recovery } from '../rules/recovery';
import { type ClosedIncident, IncidentChange, type Transaction } from './incident-change';

const AT_ONCE = 20;
/** Whom nobody else looks after. Those that were looked at longest ago come first. */
const OPEN = `
  select id from incidents where resolved_at is null order by opened_at limit ${AT_ONCE} for update skip locked`;
const FACTS = `
  select (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
    (extract(epoch from max(last_at + make_interval(secs => quiet_ms / 1000.0))) * 1000)::float8 as loud_until,
    max(quiet_ms)::float8 as quiet_ms from incident_signals where incident_id = $1`;
const EXPIRED = `
  update incident_remedies set state = 'reverting', next_at = clock_timestamp(), failures = 0
  where state = 'done' and revert_at <= clock_timestamp()`;
const ESCALATED = `update incident_signals set escalated = $4 where incident_id = $1 and rule = $2 and name = $3`;

/** Sees to open incidents: escalates those that nobody acknowledges, and closes those that are over. */
@Injectable()
export class IncidentUpkeep {
  private readonly rules: ReadonlyMap<string, IncidentRule>;

  constructor(
    private readonly database: DataSource,
    { incidents }: Config,
  ) {
    this.rules = new Map(incidents.rules.map((rule) => [rule.name, rule]));
  }

  /** @returns those that were closed */
  async sweep(): Promise<ClosedIncident[]> {
    await this.database.query(EXPIRED);
    return this.database.transaction(async (db) => {
      const closed: ClosedIncident[] = [];
      for (const { id } of await db.query<{ id: string }[]>(OPEN)) {
        const change = await IncidentChange.lock(db, id);
        if (!change) continue;
        await this.escalate(db, change);
        const end = await this.settle(db, change);
        if (end) closed.push(end);
      }
      return closed;
    });
  }

  /** @returns how many are open, by severity */
  async figures(): Promise<Readonly<Partial<Record<Severity, number>>>> {
    const rows = await this.database.query<{ severity: Severity; n: number }[]>(
      `select severity, count(*)::int as n from incidents where resolved_at is null group by severity`,
    );
    return Object.fromEntries(rows.map(({ severity, n }) => [severity, n]));
  }

  private async escalate(db: Transaction, change: IncidentChange): Promise<void> {
    if (change.row.acknowledged_at) return;
    for (const { rule: name, name: of, escalated, began_at: began } of await change.signals()) {
      const steps = this.rules.get(name)?.escalate ?? [];
      // counted from its detection: what it is of may have begun long before
      const since = Math.max(began.getTime(), change.row.opened_at.getTime());
      const [facts] = await db.query<{ now: number }[]>(FACTS, [change.id]);
      const due = steps.filter(({ after }) => (facts?.now ?? 0) - since >= after).length;
      for (const { severity, notify, after } of steps.slice(escalated, due)) {
        const now = severity ? await change.raise(severity, { rule: name }) : change.row.severity;
        await change.entry('escalated', { rule: name, after_seconds: after / 1_000, to: [...notify] });
        await change.notify(notify, 'escalated', { severity: now });
      }
      if (due > escalated) await db.query(ESCALATED, [change.id, name, of, due]);
    }
  }

  private async settle(db: Transaction, change: IncidentChange): Promise<ClosedIncident | undefined> {
    const [facts] = await db.query<{ now: number; loud_until: number; quiet_ms: number }[]>(FACTS, [change.id]);
    if (!facts) return undefined;
    const remedies = (await change.remedies()).filter(({ settings }) => settings.revert === 'onResolve');
    const next = recovery({
      now: facts.now,
      loudUntil: facts.loud_until,
      quietMs: facts.quiet_ms,
      trials: change.row.trials,
      trialAt: change.row.trial_at?.getTime(),
      inForce: remedies.filter(({ state }) => state === 'done' || state === 'due').length,
      reverting: remedies.filter(({ state }) => state === 'reverting').length,
      revertedAt: Math.max(0, ...remedies.map(({ reverted_at: at }) => at?.getTime() ?? 0)) || undefined,
    });
    if (next === 'wait') return undefined;
    if (next === 'resolve') return change.resolve();
    await change.undoRemedies();
    await change.set('trial_at = clock_timestamp()');
    await change.entry('trial', { trial: change.row.trials + 1 });
    return undefined;
  }
}
