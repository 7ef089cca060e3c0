import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { uuidv7 } from '../../src/contract/ids';
import type { Budget } from '../../src/features/budgets';
import { BudgetTable } from '../../src/features/budgets/budget-table.store';
import { endHolds, HoldUpkeep } from '../../src/features/budgets/hold-upkeep.store';
import { StoredHolds } from '../../src/features/budgets/stored-holds.store';
import { dataSourceOptions } from '../../src/platform/database/migrate';
import { type TestDatabase, testDatabase } from './database';

/** A database with budgets, and any number of processes that hold money in it. */
export class BudgetSite {
  readonly tenantId = uuidv7();
  private readonly stores: StoredHolds[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly client: Client,
    readonly source: DataSource,
  ) {}

  static async build(): Promise<BudgetSite> {
    const database = await testDatabase();
    const client = new Client(database.url);
    await client.connect();
    const source = new DataSource({ ...dataSourceOptions(database.url), migrations: [] });
    await source.initialize();
    const site = new BudgetSite(database, client, source);
    await client.query('insert into tenants (id, name, root, created_at) values ($1, $2, false, now())', [
      site.tenantId,
      `budgets ${site.tenantId}`,
    ]);
    return site;
  }

  get table(): BudgetTable {
    return new BudgetTable(this.source);
  }

  get upkeep(): HoldUpkeep {
    return new HoldUpkeep(this.source);
  }

  /** What a process holds money through. */
  replica(leaseMs = 15_000, longestMs = 600_000): StoredHolds {
    const store = new StoredHolds({ url: this.database.url, leaseMs, longestMs: () => longestMs });
    this.stores.push(store);
    return store;
  }

  async budget(over: Partial<Budget> = {}): Promise<Budget> {
    const budget: Budget = {
      id: uuidv7(),
      tenantId: this.tenantId,
      scope: 'tenant',
      name: '',
      period: 'month',
      limit: 1_000n,
      hard: true,
      action: { kind: 'block' },
      soft: [],
      createdAt: new Date(),
      createdBy: uuidv7(),
      ...over,
    };
    await this.table.add(budget);
    return budget;
  }

  async state(id: string) {
    const state = (await this.table.states([id])).get(id);
    if (!state) throw new Error('no such budget');
    return state;
  }

  /** As the ledger does: in one transaction the spend is there and the holds are gone. */
  async project(client: Client, budget: Budget, calls: readonly { callId: string; at: number; cost: bigint }[]) {
    await client.query('begin');
    for (const { at, cost } of calls)
      await client.query(
        `insert into spend_totals values ($1, $2, $3, date_trunc('hour', to_timestamp($4::numeric / 1000), 'UTC'), $5)
           on conflict on constraint spend_totals_pkey do update set picos = spend_totals.picos + excluded.picos`,
        [budget.scope, budget.tenantId, budget.name, at, cost.toString()],
      );
    await endHolds(
      client,
      calls.map(({ callId }) => callId),
    );
    await client.query('commit');
  }

  async clear(): Promise<void> {
    await Promise.all(this.stores.splice(0).map((store) => store.close().catch(() => undefined)));
    await this.client.query('truncate budget_holds, budget_owners, budget_alerts, spend_totals, budgets');
  }

  async close(): Promise<void> {
    await this.client.end();
    await this.source.destroy();
    await this.database.drop();
  }
}
