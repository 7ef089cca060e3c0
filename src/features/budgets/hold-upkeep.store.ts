import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import type { OrphanedCall } from './orphaned-calls';

const MOST = 1_000;

/** Nobody says any more what these calls cost: the owner is gone, they took too long, or they ended and never came into the ledger. */
const DEAD = `
  select h.call_id, h.n, h.budget_id from budget_holds h
  left join budget_owners o on o.id = h.owner
  where not h.settled and (o.lease_until is null or o.lease_until < $2 or h.expires_at < $2)
    or h.settled and h.expires_at < $2 - interval '60 seconds'
  order by h.call_id, h.n, h.budget_id limit $1
  for update of h skip locked`;
const FREE = `
  delete from budget_holds where (call_id, n, budget_id) in (${DEAD})
  returning call_id, n, at, picos::text, settled`;
const ANY_DEAD = `select exists (${DEAD.replace('for update of h skip locked', '')}) as dead`;
const NOW = `select clock_timestamp() as now`;
const FORGET_OWNERS = `
  delete from budget_owners o where lease_until < clock_timestamp() - interval '1 minute'
    and not exists (select from budget_holds h where h.owner = o.id)`;
/** In order, as everybody who waits for these rows. */
const END = `
  delete from budget_holds where (call_id, n, budget_id) in (
    select call_id, n, budget_id from budget_holds where call_id = any ($1) order by call_id, n, budget_id for update)
  returning budget_id`;
const ALERT = `select budget_alert($1)`;

interface FreedRow {
  readonly call_id: string;
  readonly n: string;
  readonly at: Date;
  readonly picos: string;
  readonly settled: boolean;
}

/** What becomes of holds when nobody settles them. */
@Injectable()
export class HoldUpkeep {
  constructor(private readonly database: DataSource) {}

  /** The moment as PostgreSQL tells it, when something is dead by then. */
  async dead(): Promise<Date | undefined> {
    const [row] = await this.database.query<{ now: Date }[]>(NOW);
    if (!row) return undefined;
    const [found] = await this.database.query<{ dead: boolean }[]>(ANY_DEAD, [1, row.now]);
    return found?.dead ? row.now : undefined;
  }

  /** Frees what was dead at that moment and is still there. @returns each call once for every time it held something */
  async free(moment: Date): Promise<OrphanedCall[]> {
    const [rows] = await this.database.query<[FreedRow[], number]>(FREE, [MOST, moment]);
    await this.database.query(FORGET_OWNERS);
    const calls = rows.map(({ call_id: callId, n, at, picos, settled }) => {
      return [`${callId} ${n}`, { callId, at, picos: BigInt(picos), settled }] as const;
    });
    return [...new Map(calls).values()];
  }
}

/** For the ledger, within the transaction in which these calls come into it: what was held for them is spent now. */
export async function endHolds(client: ClientBase, callIds: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ budget_id: string }>(END, [callIds]);
  const budgets = [...new Set(rows.map(({ budget_id }) => budget_id))];
  if (budgets.length) await client.query(ALERT, [budgets]);
}
