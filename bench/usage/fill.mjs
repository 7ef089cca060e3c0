// Fills a ledger many times as fast as the projector: a day of calls and its sums in four statements. `sample.mjs` holds what comes
// of it against what the projector makes of the same calls.
import { callsFrom, CALLS, COLUMN_NAMES, beginOf, firstOf } from './calls.mjs';

const DAY_MS = 86_400_000;
/** Of the connection that fills, where nobody else is: a day's groups are summed in memory. */
const SETUP = `set work_mem = '256MB'; set jit = off`;

const PUT_CALLS = `insert into spend (${COLUMN_NAMES.join(', ')}) ${CALLS}`;

/** What calls add up to, under the names of the rollups' columns. */
export const SUMS = {
  requests: 'count(*)',
  estimated: 'count(*) filter (where estimated)',
  unpriced: 'count(*) filter (where cost_picos is null)',
  unknown: `count(*) filter (where outcome = 'unknown')`,
  cache_hits: 'count(*) filter (where reused)',
  ...Object.fromEntries(
    ['input', 'cache_read', 'cache_write', 'output', 'thinking'].map((kind) => [
      `${kind}_tokens`,
      `sum(${kind}_tokens)`,
    ]),
  ),
  cost_picos: 'coalesce(sum(cost_picos), 0)',
  saved_picos: 'sum(saved_picos)',
};
export const MEASURE_NAMES = Object.keys(SUMS);

/** Calls of a day, by what a rollup has a row for. @param {Record<string, string>} grain columns that the row is about */
function sumDay(table, grain) {
  const [names, sums] = [Object.keys(grain), Object.entries(SUMS)];
  // as the ledger makes it: of the texts as JSON, without spaces
  const digest = `substr(sha256(convert_to('[' || concat_ws(',', ${names.map((name) => `to_json(${name})`).join()}) || ']', 'UTF8')), 1, 16)`;
  return `
    insert into ${table} (day, tenant_id, grain, ${[...names, ...MEASURE_NAMES].join(', ')})
    select $1::date, tenant_id, ${digest}, ${[...names, ...MEASURE_NAMES].join(', ')}
    from (
      select tenant_id, ${names.map((name) => `${grain[name]} as ${name}`).join(', ')},
        ${sums.map(([name, sum]) => `${sum} as ${name}`).join(', ')}
      from (select * from spend where at >= $1::date::timestamp at time zone 'UTC'
        and at < ($1::date + 1)::timestamp at time zone 'UTC') as calls
      group by tenant_id, ${names.map((name) => grain[name]).join(', ')}) as sums`;
}
const BY_MODEL = {
  key_id: 'key_id',
  provider: `coalesce(provider, '')`,
  model: `coalesce(provider_model, model, '')`,
};
const SUM_MODEL_DAY = sumDay('spend_model_days', BY_MODEL);
const SUM_DAY = sumDay('spend_days', { ...BY_MODEL, user_ref: `coalesce(user_ref, '')`, tags: 'tags' });

const SUM_HOURS = `
  with calls as materialized (
    select tenant_id, key_id, user_ref, tags, date_trunc('hour', at, 'UTC') as hour, cost_picos from spend
    where cost_picos <> 0 and at >= $1::date::timestamp at time zone 'UTC' and at < ($1::date + 1)::timestamp at time zone 'UTC')
  insert into spend_totals (scope, tenant_id, name, hour, picos)
  select 'tenant', tenant_id, '', hour, sum(cost_picos) from calls group by tenant_id, hour
  union all select 'key', tenant_id, key_id, hour, sum(cost_picos) from calls group by tenant_id, key_id, hour
  union all select 'user', tenant_id, user_ref, hour, sum(cost_picos) from calls where user_ref is not null group by tenant_id, user_ref, hour
  union all select 'tag', tenant_id, tag, hour, sum(cost_picos) from calls, unnest(tags) as tag group by tenant_id, tag, hour`;

/**
 * Puts the first calls of a month into a ledger. A day is a transaction, and what is there already is not done again: a fill that was
 * interrupted goes on.
 * @param {import('pg').Client} client
 * @param {import('./calls.mjs').Month} month
 * @param {{until?: number, step?: number, onDay?: (done: number, before: number) => void}} options only calls with a number below `until`, each `step`th
 */
export async function fill(client, month, { until = month.count, step = 1, onDay = () => {} } = {}) {
  await client.query(SETUP);
  let reached = Number((await client.query('select next_index from spend_cursor')).rows[0].next_index);
  for (let day = 0; day < month.days; day++) {
    const next = Math.min(until, firstOf(month, day + 1));
    if (next <= reached) continue;
    const first = Math.ceil(firstOf(month, day) / step) * step;
    await client.query('begin');
    const begin = new Date(beginOf(month) + day * DAY_MS);
    await client.query('select spend_ensure_partition($1)', [begin]);
    await client.query(PUT_CALLS, callsFrom(month, first, next - 1, step));
    for (const sum of [SUM_DAY, SUM_MODEL_DAY, SUM_HOURS]) await client.query(sum, [begin.toISOString().slice(0, 10)]);
    await client.query('update spend_cursor set next_index = $1', [next]);
    await client.query('commit');
    onDay(next, reached);
    reached = next;
  }
}
