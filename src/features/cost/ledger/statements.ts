/** The statements of the ledger. Every list is one parameter: JSON, read back as a recordset. */
import { MEASURES } from './measures';

/** Whoever writes to the ledger holds it; the numbers are arbitrary but must never change. */
export const WAIT_FOR_LOCK = 'select pg_advisory_xact_lock(7143008, 1)';
export const TRY_LOCK = 'select pg_try_advisory_xact_lock(7143008, 1) as locked';

export const CURSOR = 'select next_index from spend_cursor';
export const MOVE_CURSOR = 'update spend_cursor set next_index = $1';

export const PARTITIONS = 'select spend_ensure_partition(moment) from unnest($1::timestamptz[]) as moment';

const COLUMNS = `call_id uuid, at timestamptz, entry_index bigint, tenant_id uuid, key_id text, user_ref text, session_ref text,
  model text, provider text, provider_model text, provider_request_id text, operation text, outcome text, asked boolean, tags text[],
  input_tokens bigint, image_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint, cache_write_long_tokens bigint,
  output_tokens bigint, thinking_tokens bigint, estimated boolean, cost_picos numeric, saved_picos numeric, cache text, reused boolean, wasted jsonb, spared jsonb, price_version text,
  batch boolean, latency_ms integer, first_token_ms integer, degraded text, flags text[]`;
const NAMES = COLUMNS.split(',').map((column) => column.trim().split(' ')[0] as string);
const KEPT = new Set(['call_id', 'at']);

/** Of calls by their ids, within the period in which they came in. */
export const EXISTING = `select ${NAMES.join(', ')} from spend where call_id = any($1::uuid[]) and at between $2 and $3`;

export const PUT_ROWS = `
  insert into spend (${NAMES.join(', ')})
  select ${NAMES.join(', ')} from jsonb_to_recordset($1::jsonb) as r (${COLUMNS})
  on conflict (call_id, at) do update set
    ${NAMES.filter((name) => !KEPT.has(name))
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}`;

export const ADD_TOTALS = `
  insert into spend_totals (scope, tenant_id, name, hour, picos)
  select * from jsonb_to_recordset($1::jsonb) as r (scope text, tenant_id uuid, name text, hour timestamptz, picos numeric)
  on conflict (scope, tenant_id, name, hour) do update set picos = spend_totals.picos + excluded.picos`;

const DAY_COLUMNS = 'day date, tenant_id uuid, grain bytea, key_id text, provider text, model text';
const MEASURE_COLUMNS = MEASURES.map((name) => `${name} ${name.endsWith('_picos') ? 'numeric' : 'bigint'}`).join(', ');

/** `grain` comes as `\x` and hex. */
function addDays(table: string, detail: string): string {
  const columns = `${DAY_COLUMNS}${detail}, ${MEASURE_COLUMNS}`;
  const names = columns.split(',').map((column) => column.trim().split(' ')[0]);
  return `
    insert into ${table} (${names.join(', ')})
    select ${names.join(', ')} from jsonb_to_recordset($1::jsonb) as r (${columns})
    on conflict (day, tenant_id, grain) do update set
      ${MEASURES.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ')}`;
}
export const ADD_DAYS = addDays('spend_days', ', user_ref text, tags text[]');
export const ADD_MODEL_DAYS = addDays('spend_model_days', '');

/** The next rows of a period to be priced again; `$5` and `$6` are the last of those before. */
export const ROWS_OF_PERIOD = `
  select ${NAMES.join(', ')} from spend
   where at >= $1 and at < $2 and ($3::uuid is null or tenant_id = $3) and (at, call_id) > ($5, $6::uuid)
   order by at, call_id limit $4`;
