import type { PlainObject } from '../audit-log';
import type { EntryFilter } from '../log/search-sql';

/** What somebody looks for, in the words of applications: people and sessions by their own names. */
export interface AskedFilter {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly tenant?: string | undefined;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly event?: string | undefined;
  readonly flag?: string | undefined;
  readonly outcome?: string | undefined;
  readonly min_cost_usd?: number | undefined;
  readonly max_cost_usd?: number | undefined;
  readonly request_id?: string | undefined;
  readonly key?: string | undefined;
}

/** A filter as an entry tells it. Only what was asked; what a caller wrote is cut short. */
export function recordedFilter(filter: EntryFilter): PlainObject {
  return {
    from: filter.from?.toISOString(),
    to: filter.to?.toISOString(),
    tenant: filter.tenant,
    user_id: filter.userId,
    session: filter.session,
    model: short(filter.model),
    provider: short(filter.provider),
    event: filter.event,
    flag: short(filter.flag),
    outcome: short(filter.outcome),
    min_cost_micros: filter.minCostMicros,
    max_cost_micros: filter.maxCostMicros,
    request_id: short(filter.requestId),
    key: filter.actor,
  };
}

const short = (text: string | undefined) => text?.toWellFormed().slice(0, 200);
