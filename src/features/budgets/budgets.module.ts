import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { BudgetHolds } from './budget-holds';
import { BudgetIndex } from './budget-index';
import { BudgetRefresh } from './budget-refresh.service';
import { BudgetTable } from './budget-table.store';
import { HoldUpkeep } from './hold-upkeep.store';
import { StoredHolds } from './stored-holds.store';

/** A call is over by its deadline; its last words may be on their way a little longer. */
const GRACE_MS = 60_000;

/** Budgets and holds. What needs a ledger, `Budgets` and `Holder`, is provided by whoever has a `SpendCatchUp`. */
@Module({
  imports: [ConfigModule, DatabaseModule, EventBusModule],
  providers: [
    {
      provide: StoredHolds,
      inject: [Config],
      useFactory: ({ databaseUrl, inForce, budgets }: Config) =>
        new StoredHolds({
          url: databaseUrl.reveal(),
          leaseMs: budgets.leaseMs,
          longestMs: () => inForce.longestCallMs + GRACE_MS,
        }),
    },
    { provide: BudgetHolds, useExisting: StoredHolds },
    { provide: BudgetIndex, useFactory: () => new BudgetIndex() },
    BudgetTable,
    BudgetRefresh,
    HoldUpkeep,
  ],
  exports: [StoredHolds, BudgetHolds, BudgetIndex, BudgetTable, BudgetRefresh, HoldUpkeep],
})
export class BudgetsModule {}
