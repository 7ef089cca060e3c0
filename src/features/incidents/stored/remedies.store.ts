import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { JsonObject } from '../../../contract/json';
import type { RemedyAction } from '../../../platform/config/incidents';
import type { RemedyState } from '../incident';
import { IncidentChange, type Recorded, type Transaction } from './incident-change';
import type { IncidentRow } from './incident-row';

/** Something to be done or undone, by this process. */
export interface RemedyOrder {
  readonly incidentId: string;
  readonly n: number;
  readonly rule: string;
  readonly action: RemedyAction;
  /** `provider/*`, `provider/model`, the id of a key, or the name of a flag. */
  readonly target: string;
  readonly way: 'apply' | 'revert';
  readonly settings: JsonObject;
  /** What is needed to undo it. */
  readonly undo: JsonObject | undefined;
  readonly failures: number;
  readonly claim: number;
}

export type RemedyOutcome =
  | { readonly done: true; readonly undo?: JsonObject }
  /** It makes no sense, or must not be; it is not tried again. */
  | { readonly done: false; readonly reason: string };

const AT_ONCE = 5;
/** What a process that died had begun is begun again after that. */
const LEASE_SECONDS = 30;
const TRIES = 10;

const CLAIM = `
  update incident_remedies r set next_at = clock_timestamp() + interval '${LEASE_SECONDS} s', claim = r.claim + 1
  from (select incident_id, n from incident_remedies
    where state in ('due', 'reverting') and next_at <= clock_timestamp()
    order by next_at limit ${AT_ONCE} for update skip locked) mine
  where r.incident_id = mine.incident_id and r.n = mine.n
  returning r.incident_id, r.n, r.rule, r.action, r.target, r.state, r.settings, r.undo, r.failures, r.claim`;
const DONE_LATELY = `
  select count(*)::int as n from incident_entries
  where kind = 'remediated' and at > clock_timestamp() - interval '1 hour'
    and facts ->> 'rule' = $1 and facts ->> 'action' = $2 and facts ->> 'target' = $3`;
const UNDONE_LATELY = `
  select from incident_remedies where incident_id <> $1 and rule = $2 and action = $3 and target = $4
    and reverted_at > clock_timestamp() - make_interval(secs => $5 / 1000.0) limit 1`;
const UNDO_IN_FORCE = `
  select undo from incident_remedies
  where incident_id <> $1 and action = $2 and target = $3 and state = 'done' and undo is not null
  order by done_at desc limit 1`;
const MINE = `select state from incident_remedies where incident_id = $1 and n = $2 and claim = $3 for update`;
const ENDED = `
  update incident_remedies set state = $3, reason = $4, undo = $5, next_at = clock_timestamp(), failures = 0,
    revert_at = clock_timestamp() + make_interval(secs => $6::float8 / 1000),
    done_at = case when $7 then clock_timestamp() else done_at end,
    reverted_at = case when $7 then reverted_at else clock_timestamp() end
  where incident_id = $1 and n = $2`;
const AGAIN = `
  update incident_remedies set failures = failures + 1, reason = $4,
    next_at = clock_timestamp() + make_interval(secs => least(60, power(2, failures))),
    state = case when failures + 1 >= ${TRIES} then 'failed' else state end
  where incident_id = $1 and n = $2 and claim = $3 returning state`;

interface Row extends Omit<RemedyOrder, 'incidentId' | 'way' | 'undo'> {
  readonly incident_id: string;
  readonly state: 'due' | 'reverting';
  readonly undo: JsonObject | null;
}

/** What is to be done about incidents: taken by one process at a time, and written down before anybody else may. */
@Injectable()
export class Remedies {
  constructor(private readonly database: DataSource) {}

  async claim(): Promise<RemedyOrder[]> {
    const [rows] = await this.database.query<[Row[], number]>(CLAIM);
    return rows.map(({ incident_id: incidentId, state, undo, ...row }) => ({
      ...row,
      incidentId,
      way: state === 'due' ? ('apply' as const) : ('revert' as const),
      undo: undo ?? undefined,
    }));
  }

  /** Why it must not be done now: it was done too often, or undone only just. */
  async refusal({ incidentId, rule, action, target, settings }: RemedyOrder): Promise<string | undefined> {
    const [lately] = await this.database.query<{ n: number }[]>(DONE_LATELY, [rule, action, target]);
    if ((lately?.n ?? 0) >= Number(settings['per_hour'])) return 'per_hour';
    const coolDown = Number(settings['cool_down_ms']);
    const cooling = await this.database.query<object[]>(UNDONE_LATELY, [incidentId, rule, action, target, coolDown]);
    return cooling.length ? 'cool_down' : undefined;
  }

  /** What would undo the same that another incident had done to the target, and that still holds: the newest. */
  async undoInForce({ incidentId, action, target }: RemedyOrder): Promise<JsonObject | undefined> {
    const [row] = await this.database.query<{ undo: JsonObject }[]>(UNDO_IN_FORCE, [incidentId, action, target]);
    return row?.undo;
  }

  /** Writes down what became of it. */
  async ended(order: RemedyOrder, outcome: RemedyOutcome, record: Recorded | undefined): Promise<void> {
    await this.mine(order, async (change, db, before) => {
      const { action, target, rule, n, settings } = order;
      const isApplied = order.way === 'apply';
      const by = isApplied ? undefined : (settings['by'] as string | undefined);
      const reason = outcome.done ? null : outcome.reason;
      const state = stateAfter(order, outcome, before, change.row);
      const revertMs = isApplied ? afterMs(settings) : null;
      await db.query(ENDED, [order.incidentId, n, state, reason, undoOf(order, outcome), revertMs, isApplied]);
      const kind = outcome.done
        ? isApplied
          ? 'remediated'
          : 'reverted'
        : isApplied
          ? 'not_remediated'
          : 'not_reverted';
      await change.entry(kind, { n, action, target, rule, ...(reason !== null && { reason }) }, { by, record });
      if (outcome.done && isApplied) await change.set('mitigated_at = coalesce(mitigated_at, clock_timestamp())');
    });
  }

  /** It is tried again later, and given up after a while. */
  async failed(order: RemedyOrder, reason: string, record: Recorded | undefined): Promise<void> {
    await this.mine(order, async (change, db) => {
      const { incidentId, n, claim, action, target, rule, way } = order;
      const [[row]] = await db.query<[{ state: string }[], number]>(AGAIN, [incidentId, n, claim, reason]);
      if (row?.state !== 'failed') return;
      const kind = way === 'apply' ? 'not_remediated' : 'not_reverted';
      await change.entry(kind, { n, action, target, rule, reason }, { record });
    });
  }

  private async mine(
    { incidentId, n, claim }: RemedyOrder,
    work: (change: IncidentChange, db: Transaction, before: RemedyState) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (db) => {
      const change = await IncidentChange.lock(db, incidentId);
      const [mine] = await db.query<{ state: RemedyState }[]>(MINE, [incidentId, n, claim]);
      if (change && mine) await work(change, db, mine.state);
    });
  }
}

/** @param before what it was meant to be by then: an incident may have ended, or gone on, meanwhile */
function stateAfter({ way, settings }: RemedyOrder, { done }: RemedyOutcome, before: RemedyState, row: IncidentRow) {
  const ends = settings['revert'] === 'onResolve';
  if (way === 'apply') return done ? (before !== 'due' && ends ? 'reverting' : 'done') : 'skipped';
  if (!done) return 'failed';
  const failedMeanwhile = ends && !row.trial_at && !row.resolved_at;
  return failedMeanwhile ? 'due' : 'reverted';
}

const undoOf = ({ undo }: RemedyOrder, outcome: RemedyOutcome): string | null => {
  const kept = outcome.done ? (outcome.undo ?? undo) : undo;
  return kept ? JSON.stringify(kept) : null;
};
const afterMs = (settings: JsonObject): number | null =>
  settings['revert'] === 'after' ? Number(settings['after_ms']) : null;
