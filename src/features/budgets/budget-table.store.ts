import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Budget, BudgetState } from './budget';
import { budgetOf, type BudgetRow, periodColumns, stateOf, type StateRow, termsOf } from './budget-rows';

const COLUMNS = `id, tenant_id, scope, name, period, rolling_days, limit_picos::text, hard, action, downgrade_to, soft, created_at, created_by`;
const ALL = `select ${COLUMNS} from budgets where deleted_at is null order by id`;
const LIST = `
  select ${COLUMNS} from budgets
  where deleted_at is null and ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id < $2)
  order by id desc limit $3`;
const FIND = `select ${COLUMNS} from budgets where id = $1 and deleted_at is null`;
const COUNT = `select count(*)::int as budgets from budgets where tenant_id = $1 and deleted_at is null`;
const ADD = `
  insert into budgets
    (id, tenant_id, scope, name, created_at, created_by, period, rolling_days, limit_picos, hard, action, downgrade_to, soft)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;
const CHANGE = `
  update budgets set limit_picos = $2, hard = $3, action = $4, downgrade_to = $5, soft = $6
  where id = $1 and deleted_at is null`;
const DELETE = `update budgets set deleted_at = now() where id = $1 and deleted_at is null`;
/** With one row: changes follow each other. */
const REVISE = `update budget_revision set revision = revision + 1`;
const REVISION = `select revision::text from budget_revision`;
const STATES = `
  select budget_id, starts, ends, spent::text, held::text
  from budget_states($1, array_fill(now(), array[cardinality($1::uuid[])]))`;
/** Of as many budgets as are worth asking about every few seconds. */
const SHARES = `
  select b.tenant_id, max((s.spent + s.held) / b.limit_picos)::float8 as share
  from (select coalesce(array_agg(id), '{}') as ids from (
    select id from budgets where deleted_at is null and limit_picos > 0 order by id limit 1000) first) asked
  cross join lateral budget_states(asked.ids, array_fill(now(), array[cardinality(asked.ids)])) s
  join budgets b on b.id = s.budget_id
  group by b.tenant_id`;
const ALERT = `select budget_alert($1)`;
const UNTOLD = `
  update budget_alerts a set told_at = clock_timestamp() from budgets b
  where b.id = a.budget_id and (a.budget_id, a.window_start, a.percent) in (
    select budget_id, window_start, percent from budget_alerts where told_at is null order by at limit 100
    for update skip locked)
  returning a.budget_id, b.tenant_id, a.percent, a.window_start`;

export interface Alert {
  readonly budgetId: string;
  readonly tenantId: string;
  readonly percent: number;
  readonly windowStart: Date;
}

/** The tables `budgets`, `budget_revision` and `budget_alerts`. */
@Injectable()
export class BudgetTable {
  constructor(private readonly database: DataSource) {}

  async all(): Promise<Budget[]> {
    return (await this.database.query<BudgetRow[]>(ALL)).map(budgetOf);
  }

  /** Changes whenever a budget does. */
  async revision(): Promise<string> {
    const [row] = await this.database.query<{ revision: string }[]>(REVISION);
    return row?.revision ?? '';
  }

  /** Newest first. @param before the id after which the list goes on */
  async list(tenantId: string | undefined, before: string | undefined, limit: number): Promise<Budget[]> {
    return (await this.database.query<BudgetRow[]>(LIST, [tenantId, before, limit])).map(budgetOf);
  }

  async find(id: string): Promise<Budget | undefined> {
    const [row] = await this.database.query<BudgetRow[]>(FIND, [id]);
    return row && budgetOf(row);
  }

  async count(tenantId: string): Promise<number> {
    const [row] = await this.database.query<{ budgets: number }[]>(COUNT, [tenantId]);
    return row?.budgets ?? 0;
  }

  async add(budget: Budget): Promise<void> {
    const { id, tenantId, scope, name, createdAt, createdBy, period } = budget;
    const values = [id, tenantId, scope, name, createdAt, createdBy, ...periodColumns(period), ...termsOf(budget)];
    await this.revising(async (db) => {
      await db.query(ADD, values);
      await db.query(ALERT, [[id]]);
    });
  }

  async change(budget: Budget): Promise<void> {
    await this.revising(async (db) => {
      await db.query(CHANGE, [budget.id, ...termsOf(budget)]);
      await db.query(ALERT, [[budget.id]]);
    });
  }

  async delete(id: string): Promise<void> {
    await this.revising((db) => db.query(DELETE, [id]));
  }

  /** By id, in the windows of this moment. */
  async states(ids: readonly string[]): Promise<ReadonlyMap<string, BudgetState>> {
    if (!ids.length) return new Map();
    const rows = await this.database.query<StateRow[]>(STATES, [ids]);
    return new Map(rows.map((row) => [row.budget_id, stateOf(row)]));
  }

  /** The largest share of a limit that is spent or held, by tenant's id. */
  async shares(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ tenant_id: string; share: number }[]>(SHARES);
    return new Map(rows.map(({ tenant_id: tenant, share }) => [tenant, share]));
  }

  /** Alerts that nobody told of yet. They are the caller's to tell: nobody else is given them. */
  async takeAlerts(): Promise<Alert[]> {
    const [rows] =
      await this.database.query<
        [{ budget_id: string; tenant_id: string; percent: number; window_start: Date }[], number]
      >(UNTOLD);
    return rows.map((row) => ({
      budgetId: row.budget_id,
      tenantId: row.tenant_id,
      percent: row.percent,
      windowStart: row.window_start,
    }));
  }

  private revising(work: (db: EntityManager) => Promise<unknown>): Promise<void> {
    return this.database.transaction(async (db) => {
      await work(db);
      await db.query(REVISE);
    });
  }
}
