import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../platform/events/event-bus';
import { BudgetIndex } from './budget-index';
import { BudgetTable } from './budget-table.store';

const EVERY_MS = 700;
/** In turns of the above. */
const SHARES_EVERY = 20;

/** Learns within a second what was changed through another process, and tells of what was reached. While the database is away, what was known holds. */
@Injectable()
export class BudgetRefresh implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('Budgets');
  private seen: string | undefined;
  private failing = false;
  private turns = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly index: BudgetIndex,
    private readonly table: BudgetTable,
    private readonly events: EventBus,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.look();
    this.next();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** @throws when the database cannot be read */
  async look(): Promise<void> {
    const revision = await this.table.revision();
    if (revision === this.seen) return;
    this.index.learn(await this.table.all());
    this.seen = revision;
  }

  private next(): void {
    this.timer = setTimeout(() => void this.again(), EVERY_MS).unref();
  }

  private async again(): Promise<void> {
    try {
      await this.look();
      for (const alert of await this.table.takeAlerts()) this.events.emit('budget.alert', alert);
      if (this.turns++ % SHARES_EVERY === 0 && !this.index.isEmpty)
        this.events.emit('budget.shares', { shares: await this.table.shares() });
      if (this.failing) this.log.log('budgets can be read again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn({ err: error }, 'budgets cannot be read; those that are known hold');
      this.failing = true;
    }
    if (this.timer) this.next();
  }
}
