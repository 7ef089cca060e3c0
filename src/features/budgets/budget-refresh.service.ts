import { Injectable, Logger } from '@nestjs/common';
import { EventBus } from '../../platform/events/event-bus';
import { RefreshLoop } from '../../platform/refresh/refresh-loop';
import { BudgetIndex } from './budget-index';
import { BudgetTable } from './budget-table.store';

/** In turns of the loop. */
const SHARES_EVERY = 20;

/** Learns within a second what was changed through another process, and tells of what was reached. */
@Injectable()
export class BudgetRefresh extends RefreshLoop {
  private turns = 0;

  constructor(
    private readonly index: BudgetIndex,
    private readonly table: BudgetTable,
    private readonly events: EventBus,
  ) {
    super({
      what: 'budgets',
      log: new Logger('Budgets'),
      everyMs: 700,
      revision: () => table.revision(),
      learn: async () => index.learn(await table.all()),
      after: () => this.tell(),
    });
  }

  private async tell(): Promise<void> {
    for (const alert of await this.table.takeAlerts()) this.events.emit('budget.alert', alert);
    if (this.turns++ % SHARES_EVERY === 0 && !this.index.isEmpty)
      this.events.emit('budget.shares', { shares: await this.table.shares() });
  }
}
