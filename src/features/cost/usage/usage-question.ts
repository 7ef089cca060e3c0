import type { Group, UsageFilter } from '../../../contract/usage-groups';
import type { Measures } from '../ledger/measures';

export interface UsageQuestion {
  readonly filter: UsageFilter;
  readonly groups: readonly Group[];
  readonly limit: number;
  /** The groups of the last row before: as many texts as there are groups, and each one that a group can have. */
  readonly after?: readonly string[] | undefined;
}

export interface UsageRow {
  /** In the order of `groups`; empty where a call has none. */
  readonly groups: readonly string[];
  readonly measures: Measures;
}
