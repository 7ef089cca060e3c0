import type { QueryConfig } from 'pg';
import type { CloseRow, OpenRow } from './call-row';

interface Column<T> {
  readonly name: string;
  readonly type: string;
  readonly value: (row: T) => unknown;
}

const OPEN: readonly Column<OpenRow>[] = [
  { name: 'id', type: 'uuid', value: (row) => row.id },
  { name: 'created_at', type: 'timestamptz', value: (row) => row.createdAt },
  { name: 'request_id', type: 'text', value: (row) => row.requestId },
  { name: 'tenant_id', type: 'uuid', value: (row) => row.tenantId },
  { name: 'key_id', type: 'uuid', value: (row) => row.keyId },
  { name: 'user_ref', type: 'text', value: (row) => row.userRef },
  { name: 'session_ref', type: 'text', value: (row) => row.sessionRef },
  { name: 'operation', type: 'text', value: (row) => row.operation },
  { name: 'dialect', type: 'text', value: (row) => row.dialect },
  { name: 'stream', type: 'boolean', value: (row) => row.stream },
  { name: 'prompt_hash', type: 'bytea', value: (row) => row.promptHash },
  { name: 'prompt_characters', type: 'int', value: (row) => row.promptCharacters },
];

const CLOSE: readonly Column<CloseRow>[] = [
  { name: 'id', type: 'uuid', value: (row) => row.id },
  { name: 'created_at', type: 'timestamptz', value: (row) => row.createdAt },
  { name: 'status', type: 'text', value: (row) => row.status },
  { name: 'model', type: 'text', value: (row) => row.model },
  { name: 'provider', type: 'text', value: (row) => row.provider },
  { name: 'provider_model', type: 'text', value: (row) => row.providerModel },
  { name: 'provider_request_id', type: 'text', value: (row) => row.providerRequestId },
  { name: 'error_code', type: 'text', value: (row) => row.errorCode },
  { name: 'finish_reason', type: 'text', value: (row) => row.finishReason },
  { name: 'input_tokens', type: 'int', value: (row) => integer(row.usage?.inputTokens) },
  { name: 'cache_read_tokens', type: 'int', value: (row) => integer(row.usage?.cacheReadTokens) },
  { name: 'cache_write_tokens', type: 'int', value: (row) => integer(row.usage?.cacheWriteTokens) },
  { name: 'output_tokens', type: 'int', value: (row) => integer(row.usage?.outputTokens) },
  { name: 'thinking_tokens', type: 'int', value: (row) => integer(row.usage?.thinkingTokens) },
  { name: 'usage_estimated', type: 'boolean', value: (row) => (row.usage ? (row.usage.estimated ?? false) : null) },
  { name: 'cost_micros', type: 'bigint', value: (row) => row.costMicros },
  { name: 'attempts', type: 'smallint', value: (row) => row.attempts },
  { name: 'repeated', type: 'boolean', value: (row) => row.repeated },
  // an array of arrays would have to be rectangular: one text, split in SQL
  { name: 'dropped', type: 'text', value: (row) => (row.dropped.length ? row.dropped.join('\n') : null) },
  { name: 'degraded', type: 'text', value: (row) => row.degraded },
  { name: 'cache', type: 'text', value: (row) => row.cache },
  { name: 'tried', type: 'jsonb', value: (row) => row.tried && json(row.tried) },
  { name: 'first_token_ms', type: 'int', value: (row) => row.firstTokenMs },
  { name: 'upstream_ms', type: 'int', value: (row) => row.upstreamMs },
  { name: 'latency_ms', type: 'int', value: (row) => row.latencyMs },
  { name: 'closed_at', type: 'timestamptz', value: (row) => row.closedAt },
];

/** What a provider counts may be anything: kept within PostgreSQL's integer. */
function integer(count: number | undefined): number | null {
  return count === undefined ? null : Math.min(Math.max(Math.trunc(count) || 0, 0), 2_147_483_647);
}

/** Callers make up names of models, and PostgreSQL's JSON knows neither NUL nor half a character. */
function json(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'string' ? Buffer.from(member.replaceAll('\0', '\ufffd')).toString() : member,
  );
}

const arrays = <T>(columns: readonly Column<T>[]): string =>
  columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ');
const names = <T>(columns: readonly Column<T>[]): string => columns.map(({ name }) => name).join(', ');
const values = <T>(columns: readonly Column<T>[], rows: readonly T[]): unknown[][] =>
  columns.map(({ value }) => rows.map(value));

const OPEN_SQL = `insert into llm_requests (${names(OPEN)}) select * from unnest(${arrays(OPEN)}) on conflict do nothing`;
const CLOSE_SQL = `update llm_requests r set ${CLOSE.slice(2)
  .map(({ name }) => `${name} = ${name === 'dropped' ? `string_to_array(c.dropped, e'\\n')` : `c.${name}`}`)
  .join(', ')} from unnest(${arrays(CLOSE)}) as c (${names(CLOSE)}) where r.id = c.id and r.created_at = c.created_at`;

/** Opens any number of records in one round trip; repeating it changes nothing. */
export function openStatement(rows: readonly OpenRow[]): QueryConfig {
  return { name: 'open-records', text: OPEN_SQL, values: values(OPEN, rows) };
}

/** Closes any number of records in one round trip; repeating it changes nothing. */
export function closeStatement(rows: readonly CloseRow[]): QueryConfig {
  return { name: 'close-records', text: CLOSE_SQL, values: values(CLOSE, rows) };
}
