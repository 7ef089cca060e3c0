import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { uuidv7 } from '../../../contract/ids';
import { scopeOf } from '../../../platform/config/incidents';
import { subjectOf } from '../rules/subject';
import type { Hearing } from '../rules/rule-board';
import { IncidentChange, type Transaction } from './incident-change';

const STILL = `
  update incident_signals s set last_at = clock_timestamp(), value = $4, peak = greatest(s.peak, $4)
  from incidents i where i.subject = $1 and i.resolved_at is null and i.trial_at is null
    and s.incident_id = i.id and s.rule = $2 and s.name = $3
    and s.began_at <= $5 and s.last_at + make_interval(secs => s.quiet_ms / 1000.0) > clock_timestamp()
  returning s.rule`;
const OPEN = `
  insert into incidents (id, subject, rule, severity, began_at, opened_at)
  values ($1, $2, $3, $4, least($5, clock_timestamp()), clock_timestamp())
  on conflict (subject) where resolved_at is null do nothing`;
const FIND = `select id from incidents where subject = $1 and resolved_at is null`;

export interface Heard {
  readonly id: string;
  /** It was opened by this. */
  readonly opened: boolean;
}

/** What is heard becomes part of the open incident about its subject, or opens one: in one process, whoever is first. */
@Injectable()
export class IncidentHearings {
  constructor(private readonly database: DataSource) {}

  async hear(hearing: Hearing): Promise<Heard | undefined> {
    const { rule, of, value, began } = hearing;
    const subject = subjectOf(scopeOf(rule.when), of);
    // typeorm answers an update with the rows and their number
    const [still] = await this.database.query<[object[], number]>(STILL, [
      subject,
      rule.name,
      of,
      value,
      new Date(began),
    ]);
    if (still.length) return undefined;
    return this.database.transaction((db) => joined(db, subject, hearing));
  }
}

async function joined(db: Transaction, subject: string, hearing: Hearing): Promise<Heard> {
  const { rule, of, value, began } = hearing;
  const mine = uuidv7();
  await db.query(OPEN, [mine, subject, rule.name, rule.severity, new Date(began)]);
  const [found] = await db.query<{ id: string }[]>(FIND, [subject]);
  const change = found && (await IncidentChange.lock(db, found.id));
  if (!change || change.row.resolved_at) throw new Error('an incident was closed while it was joined');
  const known = (await change.signals()).find((signal) => signal.rule === rule.name && signal.name === of);
  await change.hear(hearing);
  const facts = { rule: rule.name, signal: rule.when.signal, name: of, value };
  const opened = change.id === mine;
  if (change.row.trial_at) await failTrial(db, change, facts);
  else if (opened || !known || known.quiet) await change.entry(opened ? 'opened' : 'signal', facts);
  if (!opened) {
    const severity = await change.raise(rule.severity, { rule: rule.name });
    // this process may have seen it begin before the one that opened it
    await change.set('severity = $2, began_at = least(began_at, $3)', severity, new Date(began));
  }
  if (!known) {
    const told = new Set(await change.told());
    await change.notify(
      rule.notify.filter((channel) => !told.has(channel)),
      'opened',
    );
    await change.remedy(rule, of);
  }
  return { id: change.id, opened };
}

/** What was undone on trial is done again. */
async function failTrial(db: Transaction, change: IncidentChange, facts: Parameters<IncidentChange['entry']>[1]) {
  await change.set('trial_at = null, trials = trials + 1');
  await change.entry('trial_failed', facts);
  await db.query(
    `update incident_remedies set state = 'due', next_at = clock_timestamp()
     where incident_id = $1 and state = 'reverted' and settings ->> 'revert' = 'onResolve'`,
    [change.id],
  );
}
