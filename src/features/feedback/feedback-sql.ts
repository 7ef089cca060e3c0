import type { Group, UsageFilter } from '../../contract/usage-groups';
import {
  callConditions,
  columnsOf,
  isModel,
  parametersOf,
  type Statement,
  tagJoin,
} from '../../contract/usage-groups-sql';
import type { FeedbackFilter, Scores } from './feedback';

/** Rows of a report of usage: calls of these days, in these groups. */
export interface ScoreQuestion extends UsageFilter {
  readonly groups: readonly Group[];
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
  if (filter.model !== undefined) conditions.push(isModel(filter.model, values));
  return { conditions, values };
}

/** Counts and means by group, of calls that a report of usage is about. */
export function groupedScoresSql({ groups, between, ...filter }: ScoreQuestion, limit: number): Statement {
  const values: unknown[] = [filter.from, filter.to];
  const conditions = [
    `called_at >= $1::date::timestamp at time zone 'UTC'`,
    `called_at < $2::date::timestamp at time zone 'UTC'`,
    ...callConditions(filter, values),
  ];
  const keys = columnsOf(groups);
  if (between && keys.length) {
    const [first, last] = between.map((texts) => parametersOf(groups, texts, values));
    conditions.push(`(${keys.join(', ')}) >= (${first})`, `(${keys.join(', ')}) <= (${last})`);
  }
  const selected = keys.map((column, i) => `${column}::text as g${i}, `).join('');
  return {
    text: `select ${selected}count(*)::int as count, avg(score)::float8 as mean
      from (select *, (called_at at time zone 'UTC')::date as day from feedback) as source ${tagJoin(groups)}
      where ${conditions.join(' and ')} ${keys.length ? `group by ${keys.join(', ')}` : 'having count(*) > 0'}
      limit $${values.push(limit)}`,
    values,
  };
}
