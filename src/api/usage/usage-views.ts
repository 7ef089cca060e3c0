import type { z } from 'zod';
import { inSlices } from '../../contract/in-slices';
import { usdText } from '../../contract/money';
import type { Group } from '../../contract/usage-groups';
import {
  addMeasures,
  type Charge,
  type forecast,
  type Measures,
  NO_MEASURES,
  type UsageRow,
} from '../../features/cost';
import type { GroupedScores, Scores } from '../../features/feedback';
import { csvLine } from './csv';
import type { ForecastView, UsageView } from './usage-schema';

const METHOD =
  'linear: spent so far, what is left of today at the mean of the last seven whole days (UTC), and that mean for each day after it';

function sumsOf(measures: Measures) {
  const requests = Number(measures.requests);
  return {
    requests,
    cache_hits: Number(measures.cache_hits),
    input_tokens: Number(measures.input_tokens),
    cache_read_tokens: Number(measures.cache_read_tokens),
    cache_write_tokens: Number(measures.cache_write_tokens),
    output_tokens: Number(measures.output_tokens),
    thinking_tokens: Number(measures.thinking_tokens),
    cost_usd: usdText(measures.cost_picos),
    saved_usd: usdText(measures.saved_picos),
    estimated_requests: Number(measures.estimated),
    estimated_share: requests ? Math.round((Number(measures.estimated) / requests) * 10_000) / 10_000 : 0,
    unpriced: Number(measures.unpriced),
    unknown_outcome: Number(measures.unknown),
  };
}
const SUMS = Object.keys(sumsOf(NO_MEASURES));

export function usageView(
  groups: readonly Group[],
  row: UsageRow,
  scores: Scores | undefined,
): z.output<typeof UsageView> {
  return {
    ...Object.fromEntries(groups.map((group, i) => [group, row.groups[i] || null])),
    ...sumsOf(row.measures),
    ...feedbackOf(scores),
  };
}

export async function usageCsv(
  groups: readonly Group[],
  rows: readonly UsageRow[],
  scores: GroupedScores,
): Promise<string> {
  const lines = await inSlices(rows, (row) => {
    const { feedback_count, feedback_score } = feedbackOf(scoresOf(row, scores));
    return csvLine([...row.groups, ...Object.values(sumsOf(row.measures)), feedback_count, feedback_score ?? '']);
  });
  return csvLine([...groups, ...SUMS, 'feedback_count', 'feedback_score']) + lines.join('');
}

export function scoresOf({ groups }: UsageRow, scores: GroupedScores): Scores | undefined {
  return scores.get(groups.join('\0'));
}

function feedbackOf(scores: Scores | undefined) {
  const { count = 0, mean } = scores ?? {};
  return { feedback_count: count, feedback_score: mean === undefined ? null : Math.round(mean * 10_000) / 10_000 };
}

export function forecastView(
  found: ReturnType<typeof forecast>,
  asOf: Date,
  unpriced: bigint,
): z.output<typeof ForecastView> {
  const dollars = (picos: bigint | undefined) => (picos === undefined ? null : usdText(picos));
  return {
    month: found.month,
    as_of: asOf.toISOString(),
    spent_usd: usdText(found.spent),
    daily_usd: dollars(found.daily),
    days: found.days,
    daily_before_usd: dollars(found.dailyBefore),
    trend_percent: found.trendPercent ?? null,
    forecast_usd: dollars(found.expected),
    method: METHOD,
    unpriced: Number(unpriced),
  };
}

export interface Names {
  readonly tenants: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<string, string>;
}

/** What each key of each tenant spent under each set of tags, the sum of each tenant, and of all. */
export async function chargebackCsv(
  month: string,
  charges: readonly Charge[],
  { tenants, keys }: Names,
): Promise<string> {
  const line = (kind: string, tenant: string, key: string, tags: readonly string[], measures: Measures) =>
    csvLine([
      month,
      kind,
      tenant,
      tenants.get(tenant) ?? '',
      key,
      keys.get(key) ?? '',
      tags.join(';'),
      ...Object.values(sumsOf(measures)),
    ]);
  const sums = new Map<string, Measures>();
  let all = NO_MEASURES;
  const details = await inSlices(charges, ({ tenant, key, tags, measures }) => {
    sums.set(tenant, addMeasures(sums.get(tenant) ?? NO_MEASURES, measures, 1n));
    return { tenant, text: line('detail', tenant, key, tags, measures) };
  });
  const byTenant = Map.groupBy(details, ({ tenant }) => tenant);
  const parts = await inSlices([...sums], ([tenant, sum]) => {
    all = addMeasures(all, sum, 1n);
    const own = byTenant.get(tenant) ?? [];
    return own.map(({ text }) => text).join('') + line('tenant_total', tenant, '', [], sum);
  });
  const heads = ['month', 'line', 'tenant', 'tenant_name', 'key', 'key_name', 'tags', ...SUMS];
  return csvLine(heads) + parts.join('') + line('total', '', '', [], all);
}
