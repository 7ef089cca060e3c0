import type { StateReport } from '../../contract/state-report';
import { ConcurrencySlots, WindowStorage } from '../../features/limits';
import { Breakers, Bulkheads, KeyPools } from '../../features/resilience';
import { Withdrawals } from '../../features/withdrawals';

/** Whatever can say what state it is in. To add one: a class that is a `StateReport`, provided by its module, and a line here. */
export const REPORTS: readonly (abstract new (...args: never[]) => StateReport)[] = [
  ConcurrencySlots,
  WindowStorage,
  Breakers,
  KeyPools,
  Bulkheads,
  Withdrawals,
];
