import type { Plain, PlainObject } from '../format/header';
import type { CallView } from './call-view';

/** One call of a session. No content, no personal data. */
export interface TurnView {
  /** Its number in the session, from 1; null for a call that got none. */
  readonly turn: number | null;
  readonly created_at: string;
  readonly request_id: string;
  /** As in `GET /v1/requests/:id`: `answered`, `refused`, `failed`, `abandoned`, `in_progress`, `outcome_unknown` … */
  readonly status: string;
  readonly error_code: Plain | null;
  readonly operation: Plain | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly provider_model: string | null;
  readonly usage: Plain | null;
  readonly cost_usd: string | null;
  readonly cache: Plain | null;
  /** Answered with what an earlier call under the same idempotency key was given. */
  readonly repeated: boolean;
  readonly latency_ms: Plain | null;
  /** The newest entry of the log about it. */
  readonly audit: string;
}

export function turnView(call: CallView): TurnView {
  const { turn, created_at, request_id, status, error_code, operation, model, provider, provider_model } = call;
  const { usage, cost_usd, cache, repeated, latency_ms, audit } = call;
  return {
    turn,
    created_at,
    request_id,
    status,
    error_code,
    operation,
    model,
    provider,
    provider_model,
    usage: isObject(usage) ? usage : null,
    cost_usd,
    cache,
    repeated,
    latency_ms,
    audit: audit.response ?? audit.repair ?? audit.request ?? call.id,
  };
}

const isObject = (usage: Plain | null): usage is PlainObject =>
  typeof usage === 'object' && usage !== null && !Array.isArray(usage);
