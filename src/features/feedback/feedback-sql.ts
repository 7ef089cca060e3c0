import type { FeedbackFilter, Scores } from './feedback';

/** What a group of a report of usage is here. */
const COLUMNS = {
  tenant: ['tenant_id', 'uuid'],
  key: ['key_id', 'text'],
  user: ['user_ref', 'text'],
  model: ['model', 'text'],
  provider: ['provider', 'text'],
  tag: ['tag', 'text'],
  session: ['session_ref', 'text'],
  day: ['day', 'date'],
} as const;

/** Rows of a report of usage: calls of these days, in these groups. */
export interface ScoreQuestion {
  /** Days (UTC), the last one exclusive. */
  readonly from: string;
  readonly to: string;
  readonly tenant?: string | undefined;
  readonly key?: string | undefined;
  readonly user?: string | undefined;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly tag?: string | undefined;
  readonly groups: readonly (keyof typeof COLUMNS)[];
  /** The groups of the first row and of the last. */
  readonly between?: readonly [first: readonly string[], last: readonly string[]] | undefined;
}

export type GroupedScores = ReadonlyMap<string, Scores>;

export interface Conditions {
  readonly conditions: string[];
  readonly values: unknown[];
}

export function conditionsOf(filter: FeedbackFilter): Conditions {
  const values: unknown[] = [];
  const conditions = ['true'];
  const compared = (comparison: string, value: unknown) => {
    if (value !== undefined) conditions.push(`${comparison} $${values.push(value)}`);
  };
  compared('tenant_id =', filter.tenant);
  compared('alias =', filter.alias);
  compared('score >=', filter.minScore);
  compared('score <=', filter.maxScore);
  compared('given_at >=', filter.from);
  compared('given_at <', filter.to);
  compared('has_expected =', filter.hasExpected);
  named({ conditions, values }, filter.model);
  return { conditions, values };
}

/** Counts and means by group, of calls that a report of usage is about. */
export function groupedScoresSql(
  question: ScoreQuestion,
  limit: number,
): { readonly text: string; readonly values: readonly unknown[] } {
  const { from, to, groups, between, tenant, key, user, model, provider, tag } = question;
  const values: unknown[] = [from, to];
  const conditions = [
    `called_at >= $1::date::timestamp at time zone 'UTC'`,
    `called_at < $2::date::timestamp at time zone 'UTC'`,
  ];
  const equal = (column: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(`${column} = $${values.push(value)}`);
  };
  equal('tenant_id', tenant);
  equal('key_id', key);
  equal('user_ref', user);
  equal('provider', provider);
  named({ conditions, values }, model);
  if (tag !== undefined) conditions.push(`tags @> array[$${values.push(tag)}::text]`);
  const keys = groups.map((group) => COLUMNS[group][0]);
  const placed = (texts: readonly string[]) =>
    groups.map((group, i) => `$${values.push(texts[i] ?? '')}::${COLUMNS[group][1]}`).join(', ');
  if (between && keys.length) {
    const [first, last] = between;
    conditions.push(`(${keys.join(', ')}) >= (${placed(first)})`, `(${keys.join(', ')}) <= (${placed(last)})`);
  }
  const selected = keys.map((column, i) => `${column}::text as g${i}, `).join('');
  const tags = groups.includes('tag')
    ? `cross join lateral unnest(case when cardinality(tags) = 0 then array[''] else tags end) as tag`
    : '';
  return {
    text: `select ${selected}count(*)::int as count, avg(score)::float8 as mean
      from (select *, (called_at at time zone 'UTC')::date as day from feedback) as source ${tags}
      where ${conditions.join(' and ')} ${keys.length ? `group by ${keys.join(', ')}` : 'having count(*) > 0'}
      limit $${values.push(limit)}`,
    values,
  };
}

function named({ conditions, values }: Conditions, model: string | undefined): void {
  if (model === undefined) return;
  const place = `$${values.push(model)}::text`;
  conditions.push(`(model = ${place} or provider || '/' || model = ${place})`);
}
