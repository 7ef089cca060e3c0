import type { Group, UsageFilter } from '../../../contract/usage-groups';
import { callConditions, columnsOf, parametersOf, type Statement, tagJoin } from '../../../contract/usage-groups-sql';
import { MEASURES } from '../ledger/measures';
import type { UsageQuestion } from './usage-question';

/** @param from, to parameters that hold days */
const callsOf = (from: string, to: string) =>
  `at >= ${from}::date::timestamp at time zone 'UTC' and at < ${to}::date::timestamp at time zone 'UTC'`;

/** Rows of `spend` in the columns of the rollups: the only place that knows sessions. */
const CALLS = `(
  select (at at time zone 'UTC')::date as day, tenant_id, key_id, coalesce(provider, '') as provider,
    coalesce(provider_model, model, '') as model, coalesce(user_ref, '') as user_ref, tags,
    coalesce(session_ref, '') as session_ref, asked::int::bigint as requests, estimated::int as estimated,
    (cost_picos is null)::int as unpriced, (outcome = 'unknown')::int as unknown, reused::int as cache_hits,
    ${['input', 'cache_read', 'cache_write', 'output', 'thinking'].map((kind) => `${kind}_tokens`).join(', ')},
    coalesce(cost_picos, 0) as cost_picos, saved_picos
   from spend where ${callsOf('$1', '$2')})`;

/** The smallest table that can answer. */
function sourceOf(groups: readonly Group[], { user, tag }: UsageFilter): string {
  if (groups.includes('session')) return CALLS;
  const detailed =
    user !== undefined || tag !== undefined || groups.some((group) => group === 'user' || group === 'tag');
  return detailed ? 'spend_days' : 'spend_model_days';
}

/** Sums by group, in the order of the groups' texts, so that a page begins where the one before ended. */
export function usageSql({ filter, groups, limit, after }: UsageQuestion): Statement {
  const { conditions, values } = onDays(filter);
  const keys = columnsOf(groups);
  if (after && keys.length) conditions.push(`(${keys.join(', ')}) > (${parametersOf(groups, after, values)})`);
  const named = keys.map((key, i) => `${key}::text as g${i}`);
  const sums = MEASURES.map((name) => `coalesce(sum(${name}), 0)::text as ${name}`);
  return {
    text: `select ${[...named, ...sums].join(', ')} from ${sourceOf(groups, filter)} as source ${tagJoin(groups)}
      where ${conditions.join(' and ')}
      ${keys.length ? `group by ${keys.join(', ')}` : ''} having coalesce(sum(requests), 0) <> 0
      ${keys.length ? `order by ${keys.join(', ')}` : ''} limit $${values.push(limit)}`,
    values,
  };
}

/** How many calls a question is about. */
export function requestsSql(filter: UsageFilter): Statement {
  const { conditions, values } = onDays(filter);
  return {
    text: `select coalesce(sum(requests), 0)::text as requests from ${sourceOf([], filter)} where ${conditions.join(' and ')}`,
    values,
  };
}

/** What each key spent under each set of tags, for whoever pays. A call counts once. */
export function chargebackSql(filter: UsageFilter, limit: number): Statement {
  const { conditions, values } = onDays(filter);
  const sums = MEASURES.map((name) => `sum(${name})::text as ${name}`);
  return {
    text: `select tenant_id::text as tenant, key_id as key, tags, ${sums.join(', ')} from spend_days
      where ${conditions.join(' and ')} group by tenant_id, key_id, tags having sum(requests) <> 0
      order by tenant_id, key_id, tags limit $${values.push(limit)}`,
    values,
  };
}

function onDays(filter: UsageFilter): { readonly conditions: string[]; readonly values: unknown[] } {
  const values: unknown[] = [filter.from, filter.to];
  return { conditions: ['day >= $1::date', 'day < $2::date', ...callConditions(filter, values)], values };
}

/** Calls by the ids that their provider gave them; `from` and `to` bound what is looked at. */
export function providerRequestsSql(filter: UsageFilter, ids: readonly string[]): Statement {
  const { from, to, provider, tenant } = filter;
  return {
    text: `select provider_request_id as id, sum(input_tokens + cache_read_tokens + cache_write_tokens)::text as input,
        sum(output_tokens)::text as output, sum(cost_picos)::text as cost
      from spend where provider_request_id = any($1) and provider = $2 and ${callsOf('$3', '$4')}
        and ($5::uuid is null or tenant_id = $5) group by provider_request_id`,
    values: [ids, provider, from, to, tenant ?? null],
  };
}

/** Calls that have such an id, and it is none of these. */
export function otherRequestsSql(filter: UsageFilter, ids: readonly string[], limit: number): Statement {
  const { from, to, provider, tenant } = filter;
  return {
    text: `select provider_request_id as id, count(*) over ()::text as found
      from spend where provider_request_id is not null and provider_request_id <> all($1) and provider = $2
        and ${callsOf('$3', '$4')} and ($5::uuid is null or tenant_id = $5) order by id limit ${limit}`,
    values: [ids, provider, from, to, tenant ?? null],
  };
}
