import { Injectable, Module } from '@nestjs/common';
import {
  Budgets,
  BudgetsModule,
  endHolds,
  Holder,
  LeftToTheLog,
  OrphanedCalls,
  SpendCatchUp,
} from '../features/budgets';
import { Projector, SpendHooks } from '../features/cost';
import { SpendModule } from './spend.module';

/** What is in the ledger is not held any more. */
@Injectable()
class HoldsEnd {
  constructor(hooks: SpendHooks) {
    hooks.add(endHolds);
  }
}

/** Budgets upon the ledger. */
@Module({
  imports: [BudgetsModule, SpendModule],
  providers: [
    { provide: SpendCatchUp, useExisting: Projector },
    { provide: OrphanedCalls, useClass: LeftToTheLog },
    HoldsEnd,
    Holder,
    Budgets,
  ],
  exports: [BudgetsModule, Budgets],
})
export class FundingModule {}
