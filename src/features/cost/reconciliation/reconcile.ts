import type { UsageFilter } from '../../../contract/usage-groups';
import type { UsageQuestion, UsageRow } from '../usage/usage-question';
import { compare, type Comparison, type OurDay } from './compare';
import { compareRequests, type OurRequest, type RequestComparison, requestIds } from './compare-requests';
import type { ExportRow } from './export-row';
import { refusal } from './refusal';

/** What the ledger is asked. */
export interface Books {
  rows(question: UsageQuestion): Promise<readonly UsageRow[]>;
  providerRequests(filter: UsageFilter, ids: readonly string[]): Promise<readonly OurRequest[]>;
  otherRequests(
    filter: UsageFilter,
    ids: readonly string[],
  ): Promise<{ readonly count: number; readonly ids: string[] }>;
}

export interface Reconciled {
  readonly from: string;
  readonly to: string;
  readonly days: Comparison;
  /** Absent where the export names no requests. */
  readonly requests:
    (RequestComparison & { readonly missingTheirs: number; readonly missingTheirsIds: readonly string[] }) | undefined;
}

const DAY_MS = 86_400_000;
const MAX_DAYS = 400;
const MAX_LINES = 50_000;

/**
 * Holds an export against the ledger: by the provider's own ids where it has them, and by day and model.
 * @param filter whose calls: the provider, and the tenant where it is about one
 * @throws GatewayError `invalid_request` when the export is empty or about too many days
 */
export async function reconcile(
  books: Books,
  filter: Pick<UsageFilter, 'provider' | 'tenant'>,
  theirs: readonly ExportRow[],
  tolerance: number,
): Promise<Reconciled> {
  const days = theirs.map(({ day }) => day).sort();
  const [from, last] = [days[0], days.at(-1)];
  if (from === undefined || last === undefined) throw refusal('rows', 'hold nothing to compare');
  if (Date.parse(last) - Date.parse(from) > MAX_DAYS * DAY_MS) throw refusal('rows', `span more than ${MAX_DAYS} days`);
  if (from < '1970' || last >= '3000') throw refusal('rows', 'tell of days before 1970 or after 2999');
  const period = { ...filter, from, to: dayAfter(last) };
  const found = await books.rows({ filter: period, groups: ['day', 'model'], limit: MAX_LINES });
  const ids = requestIds(theirs);
  if (ids.some((id) => id.includes('\0'))) throw refusal('rows', 'hold a request id with a NUL in it');
  return {
    from,
    to: period.to,
    days: compare(found.map(ourDay), theirs, tolerance),
    requests: ids.length ? await byRequest(books, period, ids, theirs) : undefined,
  };
}

/** The two clocks may put a call on either side of midnight. */
async function byRequest(books: Books, period: UsageFilter, ids: readonly string[], theirs: readonly ExportRow[]) {
  const wider = { ...period, from: dayAfter(period.from, -1), to: dayAfter(period.to) };
  const ours = await books.providerRequests(wider, ids);
  const others = await books.otherRequests(period, ids);
  return { ...compareRequests(ours, theirs), missingTheirs: others.count, missingTheirsIds: others.ids };
}

/** Answers that were there already have asked no provider. */
function ourDay({ groups: [day = '', model = ''], measures }: UsageRow): OurDay {
  const { requests, cache_hits, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens } = measures;
  return {
    day,
    model,
    requests: Number(requests - cache_hits),
    inputTokens: Number(input_tokens + cache_read_tokens + cache_write_tokens),
    cachedTokens: Number(cache_read_tokens),
    outputTokens: Number(output_tokens),
    cost: measures.cost_picos,
    unpriced: Number(measures.unpriced),
  };
}

const dayAfter = (day: string, days = 1) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
