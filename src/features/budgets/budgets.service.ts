import { Injectable } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { isUuid } from '../../contract/ids';
import type { Budget, BudgetState } from './budget';
import { BudgetRefresh } from './budget-refresh.service';
import { BudgetTable } from './budget-table.store';
import { SpendCatchUp } from './spend-catch-up';

/** Of one tenant: every call is looked up among them, and every process holds them all. */
const MOST = 10_000;

export interface ShownBudget {
  readonly budget: Budget;
  readonly state: BudgetState;
}
export type BudgetTerms = Pick<Budget, 'limit' | 'hard' | 'action' | 'soft'>;

/** Budgets as administrators see and set them: keys of the root tenant all, others those of their own tenant. */
@Injectable()
export class Budgets {
  constructor(
    private readonly table: BudgetTable,
    private readonly refresh: BudgetRefresh,
    private readonly spend: SpendCatchUp,
  ) {}

  /** Holds in this process when it resolves, and within a second everywhere. @throws GatewayError `conflict` */
  async create(budget: Budget): Promise<ShownBudget> {
    if ((await this.table.count(budget.tenantId)) >= MOST)
      throw new GatewayError('conflict', `A tenant can have ${MOST} budgets`, { param: 'scope' });
    await this.table.add(budget);
    await this.refresh.look();
    return this.shown(budget);
  }

  /** Newest first. @param tenantId undefined: of every tenant */
  async list(tenantId: string | undefined, cursor: string | undefined, limit: number) {
    const found = await this.table.list(tenantId, cursor, limit + 1);
    const page = found.slice(0, limit);
    await this.spend.catchUp();
    const states = await this.table.states(page.map(({ id }) => id));
    const items = page.flatMap((budget) => {
      const state = states.get(budget.id);
      // deleted a moment ago
      return state ? [{ budget, state }] : [];
    });
    return { items, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  /** @throws GatewayError `not_found`, also for those that the actor must not know of */
  async find(actor: Caller, id: string): Promise<Budget> {
    const budget = isUuid(id) ? await this.table.find(id) : undefined;
    if (!budget || !(actor.root || budget.tenantId === actor.tenantId)) throw unknownBudget();
    return budget;
  }

  async change(budget: Budget, terms: Partial<BudgetTerms>): Promise<ShownBudget> {
    const changed = { ...budget, ...terms };
    await this.table.change(changed);
    await this.refresh.look();
    return this.shown(changed);
  }

  async delete(id: string): Promise<void> {
    await this.table.delete(id);
    await this.refresh.look();
  }

  /** With what is spent by every call that has ended, and held for those under way. @throws GatewayError `not_found` */
  async shown(budget: Budget): Promise<ShownBudget> {
    await this.spend.catchUp();
    const state = (await this.table.states([budget.id])).get(budget.id);
    if (!state) throw unknownBudget();
    return { budget, state };
  }
}

function unknownBudget(): GatewayError {
  return new GatewayError('not_found', 'There is no such budget', { param: 'id' });
}
