export {
  type Action,
  type Budget,
  type BudgetState,
  type CallerScope,
  type Period,
  SCOPES,
  type ScopeKind,
} from './budget';
export { BudgetHolds, type Estimate, type Hold, type Shortage } from './budget-holds';
export { BudgetIndex } from './budget-index';
export { BudgetsModule } from './budgets.module';
export { Budgets, type BudgetTerms, type ShownBudget } from './budgets.service';
export { asksForCacheWrites, mostInputTokens, outputBound, UNKNOWN_OUTPUT } from './estimate';
export { exhaustedBudget } from './exhausted-budget';
export { Holder } from './holder.service';
export { endHolds } from './hold-upkeep.store';
export { endJobHolds, type JobHoldRequest, takeForJob } from './job-holds';
export { LeftToTheLog, type OrphanedCall, OrphanedCalls } from './orphaned-calls';
export { SpendCatchUp } from './spend-catch-up';
