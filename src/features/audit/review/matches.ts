import type { Header } from '../format/header';
import type { EntryFilter } from '../log/search-sql';

/** Whether a header is what a search with that filter would find. */
export function matches(filter: EntryFilter, header: Header): boolean {
  const at = Date.parse(header.ts);
  const { from, to, model, flag, minCostMicros, maxCostMicros } = filter;
  if ((from && !(at >= from.getTime())) || (to && !(at < to.getTime()))) return false;
  if (!isEvent(filter.event, header.event)) return false;
  if (model !== undefined && model !== header.model && model !== header.model_resolved) return false;
  if (flag !== undefined && !header.compliance_flags?.includes(flag)) return false;
  if (
    (minCostMicros !== undefined || maxCostMicros !== undefined) &&
    !isCost(minCostMicros, maxCostMicros, header.cost_micros)
  )
    return false;
  return (
    same(filter.tenant, header.tenant) &&
    same(filter.userId, header.user_id) &&
    same(filter.session, header.session) &&
    same(filter.actor, header.actor) &&
    same(filter.provider, header.provider) &&
    same(filter.outcome, header.outcome) &&
    same(filter.requestId, header.request_id)
  );
}

const same = (wanted: string | undefined, found: string | undefined) => wanted === undefined || wanted === found;

function isEvent(wanted: string | undefined, event: string): boolean {
  if (wanted === undefined) return true;
  return wanted.endsWith('.*') ? event.startsWith(wanted.slice(0, -1)) : event === wanted;
}

function isCost(from = 0, to = Number.MAX_SAFE_INTEGER, micros: string | undefined): boolean {
  if (micros === undefined) return false;
  const cost = Number(micros);
  return cost >= from && cost <= to;
}
