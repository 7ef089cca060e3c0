/** One call as `GET /v1/requests/:id` explains it. No content, no personal data: there is none in the record. */
export interface RequestView {
  readonly id: string;
  readonly request_id: string;
  readonly created_at: string;
  readonly closed_at: string | null;
  /** `outcome_unknown`: the process that served the call died. */
  readonly status: 'answered' | 'refused' | 'failed' | 'abandoned' | 'outcome_unknown';
  readonly tenant: string;
  readonly key: string;
  readonly user_ref: string | null;
  readonly session_ref: string | null;
  readonly operation: string;
  readonly dialect: string;
  readonly stream: boolean;
  readonly model: string | null;
  readonly provider: string | null;
  readonly provider_model: string | null;
  readonly provider_request_id: string | null;
  readonly attempts: number | null;
  /** Answered with what an earlier call under the same idempotency key was given. */
  readonly repeated: boolean;
  /** Request fields left out because the provider has no counterpart. */
  readonly dropped: readonly string[];
  /** The rung of the ladder that answered in place of the model: `fallback`, `stale`, `similar`, `template`. */
  readonly degraded: string | null;
  readonly cache: string | null;
  /** Every time a provider was asked, in order; null when the first one answered. */
  readonly tried: readonly object[] | null;
  readonly error_code: string | null;
  readonly finish_reason: string | null;
  readonly prompt: { readonly hash: string; readonly characters: number };
  readonly usage: Readonly<Record<string, number | boolean>> | null;
  readonly cost_usd: string | null;
  readonly latency_ms: number | null;
  readonly first_token_ms: number | null;
  readonly upstream_ms: number | null;
}

export interface ViewRow {
  id: string;
  created_at: Date;
  closed_at: Date | null;
  request_id: string;
  tenant_id: string;
  key_id: string;
  user_ref: string | null;
  session_ref: string | null;
  operation: string;
  dialect: string;
  stream: boolean;
  model: string | null;
  provider: string | null;
  provider_model: string | null;
  provider_request_id: string | null;
  prompt_hash: Buffer;
  prompt_characters: number;
  status: string;
  error_code: string | null;
  finish_reason: string | null;
  input_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  output_tokens: number | null;
  thinking_tokens: number | null;
  usage_estimated: boolean | null;
  cost_micros: string | null;
  attempts: number | null;
  repeated: boolean | null;
  dropped: string[] | null;
  degraded: string | null;
  cache: string | null;
  tried: readonly object[] | null;
  first_token_ms: number | null;
  upstream_ms: number | null;
  latency_ms: number | null;
}

export const VIEW_SQL = `select * from llm_requests where request_id = $1 and ($2::uuid is null or tenant_id = $2::uuid)
  order by created_at desc limit 1`;

export function viewOf(row: ViewRow): RequestView {
  return {
    id: row.id,
    request_id: row.request_id,
    created_at: row.created_at.toISOString(),
    closed_at: row.closed_at?.toISOString() ?? null,
    status: statusOf(row),
    tenant: row.tenant_id,
    key: row.key_id,
    user_ref: row.user_ref,
    session_ref: row.session_ref,
    operation: row.operation,
    dialect: row.dialect,
    stream: row.stream,
    model: row.model,
    provider: row.provider,
    provider_model: row.provider_model,
    provider_request_id: row.provider_request_id,
    attempts: row.attempts,
    repeated: row.repeated ?? false,
    dropped: row.dropped ?? [],
    degraded: row.degraded,
    cache: row.cache,
    tried: row.tried,
    error_code: row.error_code,
    finish_reason: row.finish_reason,
    prompt: { hash: `hmac-sha256:${row.prompt_hash.toString('hex')}`, characters: row.prompt_characters },
    usage: usageOf(row),
    cost_usd: row.cost_micros === null ? null : dollars(BigInt(row.cost_micros)),
    latency_ms: row.latency_ms,
    first_token_ms: row.first_token_ms,
    upstream_ms: row.upstream_ms,
  };
}

/** What is still open was served by a release that is gone. */
function statusOf({ status }: ViewRow): RequestView['status'] {
  return status === 'unknown' || status === 'open' ? 'outcome_unknown' : (status as RequestView['status']);
}

function usageOf(row: ViewRow): RequestView['usage'] {
  if (row.input_tokens === null) return null;
  return {
    input_tokens: row.input_tokens,
    cache_read_tokens: row.cache_read_tokens ?? 0,
    cache_write_tokens: row.cache_write_tokens ?? 0,
    output_tokens: row.output_tokens ?? 0,
    thinking_tokens: row.thinking_tokens ?? 0,
    estimated: row.usage_estimated ?? false,
  };
}

function dollars(micros: bigint): string {
  return `${micros / 1_000_000n}.${(micros % 1_000_000n).toString().padStart(6, '0')}`;
}
