import { isUuid } from './ids';

/** What calls can be told by, whatever is told of them. A call with several tags counts for each of them. */
export const GROUPS = ['tenant', 'key', 'user', 'model', 'provider', 'tag', 'session', 'day'] as const;
export type Group = (typeof GROUPS)[number];

/** Whose calls. All of it must match. */
export interface CallFilter {
  readonly tenant?: string | undefined;
  readonly key?: string | undefined;
  /** A subject reference. */
  readonly user?: string | undefined;
  /** The provider's name for it, alone or as `provider/model`. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly tag?: string | undefined;
}

/** Whose calls, and of which days (UTC). */
export interface UsageFilter extends CallFilter {
  /** YYYY-MM-DD, inclusive. */
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
}

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Whether a text can be what calls are grouped by: tenants are UUIDs and days are days. */
export function isGroupText(group: Group, text: string): boolean {
  if (group === 'tenant') return isUuid(text);
  if (group !== 'day') return true;
  const at = DAY.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
