// Whether a ledger agrees with itself, to the picodollar, whoever filled it.
import { CALLS, callsFrom } from './calls.mjs';
import { MEASURE_NAMES, SUMS } from './fill.mjs';

const sums = (columns) =>
  Object.entries(columns)
    .map(([name, sum]) => `${sum} as ${name}`)
    .join(', ');
const different = (names) => names.map((name) => `calls.${name} is distinct from sums.${name}`).join(' or ');

/** Days of tenants for which a rollup does not say what the calls do. */
const differentDays = (table) => `
  with calls as (select (at at time zone 'UTC')::date as day, tenant_id, ${sums(SUMS)} from spend group by 1, 2),
    sums as (select day, tenant_id, ${sums(Object.fromEntries(MEASURE_NAMES.map((name) => [name, `sum(${name})`])))} from ${table} group by 1, 2)
  select coalesce(calls.day, sums.day)::text || ' of ' || coalesce(calls.tenant_id, sums.tenant_id) as found
  from calls full join sums using (day, tenant_id) where ${different(MEASURE_NAMES)} order by 1`;

/** A call is in an hour of its tenant, of its key, of its person if there is one, and of each of its tags. */
const OF_SCOPES = {
  of_tenant: 'coalesce(sum(cost_picos), 0)',
  of_key: 'coalesce(sum(cost_picos), 0)',
  of_user: 'coalesce(sum(cost_picos) filter (where user_ref is not null), 0)',
  of_tag: 'coalesce(sum(cost_picos * cardinality(tags)), 0)',
};
const ofScope = (name) => `coalesce(sum(picos) filter (where scope = '${name.slice('of_'.length)}'), 0)`;
const SCOPES = Object.keys(OF_SCOPES);
const DIFFERENT_HOURS = `
  with calls as (select date_trunc('hour', at, 'UTC') as hour, tenant_id, ${sums(OF_SCOPES)} from spend where cost_picos <> 0 group by 1, 2),
    sums as (select hour, tenant_id, ${sums(Object.fromEntries(SCOPES.map((name) => [name, ofScope(name)])))} from spend_totals group by 1, 2)
  select coalesce(calls.hour, sums.hour)::text || ' of ' || coalesce(calls.tenant_id, sums.tenant_id) as found
  from calls full join sums using (hour, tenant_id) where ${different(SCOPES)} order by 1`;

const DIFFERENT_TENANTS = `
  with made as (select tenant_id, count(*) as calls from (${CALLS}) as made group by 1),
    kept as (select tenant_id, sum(requests) as calls from spend_model_days group by 1)
  select coalesce(made.tenant_id, kept.tenant_id)::text as found from made full join kept using (tenant_id)
  where made.calls is distinct from kept.calls order by 1`;

/**
 * Compares calls with rollups, by day, hour and tenant, and how many calls each tenant has with how many were made up.
 * @param {import('pg').Client} client
 * @param {import('./calls.mjs').Month} month
 * @throws Error that names the first difference
 */
export async function verify(client, month) {
  const made = { text: DIFFERENT_TENANTS, values: callsFrom(month, 0, month.count - 1) };
  const comparisons = {
    spend_days: { text: differentDays('spend_days') },
    spend_model_days: { text: differentDays('spend_model_days') },
    spend_totals: { text: DIFFERENT_HOURS },
    'calls by tenant': made,
  };
  for (const [what, comparison] of Object.entries(comparisons)) {
    const { rows } = await client.query(comparison);
    if (rows.length) throw new Error(`${what}: ${rows.length} differ from the calls, first ${rows[0].found}`);
  }
}
