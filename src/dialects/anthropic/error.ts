import { type ErrorCode, GatewayError } from '../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../contract/json';

const TYPES: Record<ErrorCode, string> = {
  invalid_request: 'invalid_request_error',
  prompt_rejected: 'invalid_request_error',
  unauthenticated: 'authentication_error',
  budget_exhausted: 'billing_error',
  forbidden: 'permission_error',
  model_not_allowed: 'permission_error',
  model_not_found: 'not_found_error',
  not_found: 'not_found_error',
  method_not_allowed: 'invalid_request_error',
  conflict: 'conflict_error',
  idempotency_conflict: 'conflict_error',
  prompt_too_large: 'request_too_large',
  unsupported_media_type: 'invalid_request_error',
  rate_limited: 'rate_limit_error',
  concurrency_limited: 'rate_limit_error',
  client_closed: 'api_error',
  internal: 'api_error',
  provider_failed: 'api_error',
  overloaded: 'overloaded_error',
  audit_unavailable: 'api_error',
  storage_unavailable: 'api_error',
  circuit_open: 'overloaded_error',
  deadline_exceeded: 'timeout_error',
};

/** Any other type means that the provider failed. */
const CODES = new Map<Json | undefined, ErrorCode>([
  ['overloaded_error', 'overloaded'],
  ['rate_limit_error', 'rate_limited'],
  ['invalid_request_error', 'invalid_request'],
  ['timeout_error', 'deadline_exceeded'],
]);

const MAX_MESSAGE = 500;

export function encodeError(error: GatewayError, requestId: string): JsonObject {
  const { providerCode, details } = error.facts;
  const facts = { ...(providerCode && { error_code: providerCode }), ...details };
  return {
    type: 'error',
    error: {
      type: TYPES[error.code],
      message: error.message,
      ...(Object.keys(facts).length > 0 && { details: facts }),
    },
    request_id: requestId,
  };
}

/** What an error object sent in place of an answer, or in the middle of one, means. */
export function providerError(body: JsonObject): GatewayError {
  const error = isObject(body.error) ? body.error : {};
  const message = typeof error.message === 'string' ? error.message.slice(0, MAX_MESSAGE) : '';
  const code = isObject(error.details) ? error.details.error_code : undefined;
  return new GatewayError(CODES.get(error.type) ?? 'provider_failed', message || 'The provider reported an error', {
    ...(typeof code === 'string' && { providerCode: code }),
  });
}

/** Says nothing of what was sent: it may hold content. */
export function malformed(): GatewayError {
  return new GatewayError('provider_failed', 'The provider sent an answer that is not an Anthropic message');
}
