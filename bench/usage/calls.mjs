// The calls of a month, made up in SQL, each from its number alone: of any stretch of them PostgreSQL makes a million in seconds.
// A few tenants have most of it, and a person has one key and one team. Of every hundred calls some are answered from the cache,
// fail, are cut off, end unknown or have no price.

const TENANTS = 20;
const KEYS_OF_TENANT = 10;
const USERS_OF_TENANT = 500;
const TEAMS = 30;
const SESSIONS_A_DAY = 4;
const DAY_MS = 86_400_000;

/** Picodollars a token; the last model has no price. */
const MODELS = [
  { provider: 'openai', model: 'gpt-4o', input: 2_500_000, output: 10_000_000 },
  { provider: 'openai', model: 'gpt-4o-mini', input: 150_000, output: 600_000 },
  { provider: 'openai', model: 'gpt-5.1', input: 1_250_000, output: 10_000_000 },
  { provider: 'anthropic', model: 'claude-opus-4-8', input: 5_000_000, output: 25_000_000 },
  { provider: 'anthropic', model: 'claude-haiku-4-5', input: 1_000_000, output: 5_000_000 },
  { provider: 'local', model: 'llama-3.3-70b', input: null, output: null },
];
const UNPRICED = MODELS.length - 1;

/** The person whose reference is known, and the tenant: those with the most. */
export const KNOWN = { tenant: 0, user: 0 };

/** From 0 to below 1, the same each time: what was drawn for call `i` under that number. */
const draw = (number) => `((hashint8extended(i, ${number}) & 4294967295) / 4294967296.0::float8)`;
const below = (count, number) => `floor(${count} * ${draw(number)})::int`;
const ofModel = (field, type) =>
  `(array[${MODELS.map((model) => (model[field] === null ? 'null' : `'${model[field]}'`)).join()}]::${type}[])[1 + model_number]`;
const id = (kind, expression) => `('00000000-0000-7${kind}00-8000-' || lpad(to_hex(${expression}), 12, '0'))::uuid`;
const reference = (kind, ...parts) => `'${kind}_' || substr(md5(concat_ws('/', ${parts.join()})), 1, 22)`;

/** What was drawn. `how` decides how the call went. */
const DRAWN = `
  select i, at_ms, floor(${TENANTS} * ${draw(1)} ^ 2)::int as tenant, ${below(USERS_OF_TENANT, 2)} as person,
    case when ${draw(3)} < 0.01 then ${UNPRICED} else ${below(UNPRICED, 4)} end as model_number,
    ${below(4_000, 5)} as prompt, ${below(800, 6)} as answer, ${draw(7)} as how, ${draw(8)} as cached,
    ${draw(9)} as somebody, ${draw(10)} as flagged, 200 + ${below(3_000, 11)} as took, ${below(SESSIONS_A_DAY, 12)} as sitting
  from (select i, $5::bigint + ($6::bigint - $5::bigint) * i / $4::bigint as at_ms
    from generate_series($1::bigint, $2::bigint, $3::bigint) as i) as numbered offset 0`;

/** How it went. Nothing is used for an answer from the cache, nor for a failure; the prompt alone where the process died. */
const WENT = `
  select *, how < 0.06 as reused, how >= 0.06 and how < 0.09 as failed, how >= 0.09 and how < 0.092 as lost,
    how >= 0.092 and how < 0.1 as aborted, (case when cached < 0.3 then prompt / 2 else 0 end) as from_cache,
    case when model_number = 2 then answer / 3 else 0 end as thinking
  from (${DRAWN}) as drawn offset 0`;

const USED = `
  select *, not reused and not failed as used, case when lost then 0 else answer end as told,
    ${ofModel('input', 'bigint')} as input_price, ${ofModel('output', 'bigint')} as output_price
  from (${WENT}) as went offset 0`;

/** A tenth of the price for what the provider had in its cache. */
const PRICE = `(prompt - from_cache)::numeric * input_price + from_cache::numeric * (input_price / 10) + told::numeric * output_price`;
const whenUsed = (expression) => `case when used then ${expression} else 0 end`;

const COLUMNS = {
  call_id: `(lpad(to_hex(at_ms), 12, '0') || '71008000' || lpad(to_hex(i), 12, '0'))::uuid`,
  at: `to_timestamp(at_ms / 1e3)`,
  entry_index: 'i',
  tenant_id: `case when tenant = ${KNOWN.tenant} then $7::uuid else ${id(2, 'tenant')} end`,
  key_id: `${id(3, `tenant * ${KEYS_OF_TENANT} + person % ${KEYS_OF_TENANT}`)}::text`,
  user_ref: `case when somebody < 0.03 then null when tenant = ${KNOWN.tenant} and person = ${KNOWN.user} then $8::text
    else ${reference('s', 'tenant', 'person')} end`,
  session_ref: `case when somebody < 0.1 then null else ${reference('p', 'tenant', 'person', `at_ms / ${DAY_MS}`, 'sitting')} end`,
  model: `(array['fast', 'best', 'balanced'])[1 + model_number % 3]`,
  provider: ofModel('provider', 'text'),
  provider_model: ofModel('model', 'text'),
  provider_request_id: `case when reused then null else 'chatcmpl-' || substr(md5(i::text), 1, 24) end`,
  operation: `'chat'`,
  outcome: `case when failed then 'failed' when lost then 'unknown' when aborted then 'abandoned' else 'answered' end`,
  tags: `case when person % 2 = 1 then '{}' when person % 10 = 0 then array['project-' || person % 7, 'team-' || person % ${TEAMS}]
    else array['team-' || person % ${TEAMS}] end`,
  input_tokens: whenUsed('prompt - from_cache'),
  cache_read_tokens: whenUsed('from_cache'),
  cache_write_tokens: '0',
  cache_write_long_tokens: '0',
  output_tokens: whenUsed('told'),
  thinking_tokens: whenUsed('least(told, thinking)'),
  estimated: 'lost or aborted',
  cost_picos: whenUsed(PRICE),
  saved_picos: `case when reused then coalesce(${PRICE}, 0) else 0 end`,
  cache: `case when reused then 'hit' else 'miss' end`,
  reused: 'reused',
  spared: `case when reused then jsonb_build_object('inputTokens', prompt - from_cache, 'cacheReadTokens', from_cache,
    'cacheWriteTokens', 0, 'outputTokens', told, 'thinkingTokens', thinking, 'estimated', false) end`,
  price_version: `case when not failed and input_price is not null then 'bench' end`,
  batch: 'false',
  latency_ms: `case when lost then null when reused then took / 100 else took end`,
  first_token_ms: `case when lost or failed then null when reused then took / 100 else took / 4 end`,
  degraded: 'null',
  flags: `case when flagged < 0.02 then array['router=b'] else '{}'::text[] end`,
};

export const COLUMN_NAMES = Object.keys(COLUMNS);

/**
 * The calls from number `$1` to `$2`, each `$3`th, of `$4` in all that came in evenly from `$5` until `$6` (ms); `$7` is the tenant
 * with the most of them, `$8` the reference of a person there. In the columns of `spend`.
 */
export const CALLS = `select ${Object.entries(COLUMNS)
  .map(([name, expression]) => `${expression} as ${name}`)
  .join(',\n  ')}
  from (${USED}) as called`;

/**
 * A month of calls.
 * @typedef {{count: number, days: number, to: number, tenant: string, person: string}} Month `to`: ms, when the last day is over
 */

/** When it begins. @param {Month} month */
export const beginOf = ({ to, days }) => to - days * DAY_MS;
/** The number of the first call of a day; of the day after the last one: how many there are. @param {Month} month */
export const firstOf = ({ count, days }, day) => Math.ceil((day * count) / days);

/** The parameters of `CALLS`; both numbers inclusive. @param {Month} month */
export const callsFrom = (month, first, last, step = 1) => [
  first,
  last,
  step,
  month.count,
  beginOf(month),
  month.to,
  month.tenant,
  month.person,
];
