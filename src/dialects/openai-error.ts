import type { ErrorCode, GatewayError } from '../contract/errors';
import type { JsonObject } from '../contract/json';

/** OpenAI's spelling of every refusal. Clients branch on the HTTP status and on `code`; `type` is the coarse family. */
const TYPES: Record<ErrorCode, string> = {
  invalid_request: 'invalid_request_error',
  prompt_rejected: 'invalid_request_error',
  unauthenticated: 'authentication_error',
  budget_exhausted: 'insufficient_quota',
  forbidden: 'permission_error',
  model_not_allowed: 'permission_error',
  model_not_found: 'invalid_request_error',
  not_found: 'invalid_request_error',
  method_not_allowed: 'invalid_request_error',
  conflict: 'invalid_request_error',
  idempotency_conflict: 'invalid_request_error',
  prompt_too_large: 'invalid_request_error',
  unsupported_media_type: 'invalid_request_error',
  rate_limited: 'rate_limit_error',
  concurrency_limited: 'rate_limit_error',
  client_closed: 'invalid_request_error',
  internal: 'server_error',
  provider_failed: 'server_error',
  overloaded: 'server_error',
  audit_unavailable: 'server_error',
  storage_unavailable: 'server_error',
  circuit_open: 'server_error',
  deadline_exceeded: 'server_error',
};

/** The body of an error response on every OpenAI route. */
export function encodeOpenAiError(error: GatewayError, requestId: string): JsonObject {
  const { param, providerCode, details } = error.facts;
  return {
    error: {
      // nothing else in the body of an internal error tells the operator which call it was
      message: error.code === 'internal' ? `${error.message} (request ${requestId})` : error.message,
      type: TYPES[error.code],
      param: param ?? null,
      code: providerCode ?? error.code,
      ...(details && { details }),
    },
  };
}
