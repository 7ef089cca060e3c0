import { isUuid } from '../../../contract/ids';
import type { Measures } from '../ledger/measures';

/** What usage can be told by. A call with several tags counts for each of them. */
export const GROUPS = ['tenant', 'key', 'user', 'model', 'provider', 'tag', 'session', 'day'] as const;
export type Group = (typeof GROUPS)[number];

/** Whose usage, and of which days (UTC). All of it must match. */
export interface UsageFilter {
  /** YYYY-MM-DD, inclusive. */
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
  readonly tenant?: string | undefined;
  readonly key?: string | undefined;
  /** A subject reference. */
  readonly user?: string | undefined;
  /** The provider's name for it, alone or as `provider/model`. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly tag?: string | undefined;
}

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

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Whether a text can be what calls are grouped by: tenants are UUIDs and days are days. */
export function isGroupText(group: Group, text: string): boolean {
  if (group === 'tenant') return isUuid(text);
  if (group !== 'day') return true;
  const at = DAY.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
