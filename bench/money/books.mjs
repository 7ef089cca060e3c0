// Both sides' books: the doubles' journal, and what the gateway's ledger and reports say.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { charge } from './tokens.mjs';

/** @returns {import('./double.mjs').Exchange[]} of the calls with that prefix, each with its `cost` in picodollars */
export function readJournal(file, prefix) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ call }) => call?.startsWith(`${prefix}-`))
    .map((exchange) => ({ ...exchange, cost: charge(exchange.provider, exchange.counts) }));
}

const ROWS = `
  select call_id, outcome, provider, provider_model, provider_request_id, estimated, cost_picos::text as cost,
    input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, entry_index
  from spend where tenant_id = $1`;
const SUMS = `
  select (select coalesce(sum(cost_picos), 0)::text from spend where tenant_id = $1) as rows,
    (select coalesce(sum(cost_picos), 0)::text from spend_days where tenant_id = $1) as days,
    (select coalesce(sum(cost_picos), 0)::text from spend_model_days where tenant_id = $1) as models,
    (select coalesce(sum(picos), 0)::text from spend_totals where tenant_id = $1 and scope = 'tenant') as hours,
    (select coalesce(sum(picos), 0)::text from spend_totals where tenant_id = $1 and scope = 'key') as keys,
    (select coalesce(sum(picos), 0)::text from spend_totals where tenant_id = $1 and scope = 'user') as users`;
const HEADERS = `select headers from audit.headers order by first_index`;

/**
 * What the ledger has of a tenant.
 * @returns {Promise<{rows: object[], sums: Record<string, bigint>}>} rows with the names of their calls, where the log tells them
 */
export async function readLedger(url, tenant) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(ROWS, [tenant]);
    const names = namesOf((await client.query(HEADERS)).rows);
    const [sums] = (await client.query(SUMS, [tenant])).rows;
    return {
      rows: rows.map((row) => rowOf(row, names)),
      sums: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, BigInt(sum)])),
    };
  } finally {
    await client.end();
  }
}

function rowOf(row, names) {
  return {
    callId: row.call_id,
    name: names.get(row.call_id),
    outcome: row.outcome,
    provider: row.provider,
    exchange: row.provider_request_id,
    estimated: row.estimated,
    cost: row.cost === null ? undefined : BigInt(row.cost),
    input: Number(row.input_tokens) + Number(row.cache_read_tokens) + Number(row.cache_write_tokens),
    output: Number(row.output_tokens),
  };
}

/** Request ids by call ids. */
function namesOf(batches) {
  const names = new Map();
  for (const { headers } of batches)
    for (const line of headers.split('\n')) {
      if (!line.includes('"llm.')) continue;
      const { request_id: name, metadata, parent, entry_id: entry } = JSON.parse(line);
      for (const id of [metadata?.call_id, parent, entry]) if (id && name) names.set(id, names.get(id) ?? name);
    }
  return names;
}
