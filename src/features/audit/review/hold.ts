/** What must be kept: everything that matches all of it. Absent members match everything. */
export interface HoldScope {
  readonly tenant?: string | undefined;
  /** A subject reference. */
  readonly subject?: string | undefined;
  readonly requestIds?: readonly string[] | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface HoldWords {
  readonly reason: string;
}

export interface Hold {
  readonly id: string;
  readonly scope: HoldScope;
  readonly words: HoldWords;
  readonly placedBy: string;
  readonly placedAt: Date;
  /** The entry that says so; null when nobody knows whether it became durable: the hold then stands all the same. */
  readonly entryId: string | null;
  readonly releasedBy: string | null;
  readonly releasedAt: Date | null;
}

/** What is about to be destroyed. */
export interface Threat {
  readonly tenant?: string;
  readonly subject?: string;
  /** UTC, the first day of a month: only what was recorded in it. */
  readonly month?: Date;
}

/**
 * Whether something under the hold could be lost. In doubt it could: a hold on request ids may concern anybody of the
 * tenant.
 */
export function threatened({ tenant, subject, from, to }: HoldScope, threat: Threat): boolean {
  if (tenant !== undefined && threat.tenant !== undefined && tenant !== threat.tenant) return false;
  if (subject !== undefined && threat.subject !== undefined && subject !== threat.subject) return false;
  if (!threat.month) return true;
  const end = Date.UTC(threat.month.getUTCFullYear(), threat.month.getUTCMonth() + 1);
  // an entry is kept with the month in which it was written, which can be later than what it tells of
  return (from === undefined || from.getTime() < end) && (to === undefined || to.getTime() >= threat.month.getTime());
}
