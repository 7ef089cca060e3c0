import type { z } from 'zod';
import { usdText } from '../../contract/money';
import {
  addMeasures,
  type Charge,
  type forecast,
  type Group,
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

export function usageCsv(groups: readonly Group[], rows: readonly UsageRow[], scores: GroupedScores): string {
  const lines = rows.map((row) => {
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
export function chargebackCsv(month: string, charges: readonly Charge[], { tenants, keys }: Names): string {
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
  let text = csvLine(['month', 'line', 'tenant', 'tenant_name', 'key', 'key_name', 'tags', ...SUMS]);
  const all: Measures[] = [];
  for (const [tenant, own] of Map.groupBy(charges, (charge) => charge.tenant)) {
    for (const { key, tags, measures } of own) text += line('detail', tenant, key, tags, measures);
    const sum = total(own.map(({ measures }) => measures));
    all.push(sum);
    text += line('tenant_total', tenant, '', [], sum);
  }
  return text + line('total', '', '', [], total(all));
}

function total(measures: readonly Measures[]): Measures {
  return measures.reduce((sum, one) => addMeasures(sum, one, 1n), NO_MEASURES);
}
