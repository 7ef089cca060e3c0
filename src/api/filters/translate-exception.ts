import { ERRORS, GatewayError, type ErrorCode } from '../../contract/errors';
import { isUnavailable } from '../../platform/database/connection';

const BY_STATUS: Readonly<Record<number, ErrorCode>> = Object.fromEntries(
  (['invalid_request', 'unauthenticated', 'forbidden', 'not_found', 'method_not_allowed', 'conflict'] as const).map(
    (code) => [ERRORS[code].status, code],
  ),
);

interface FrameworkError {
  readonly code?: string;
  readonly statusCode?: number;
  readonly message?: string;
}

/** The framework's own exceptions, told by their shape: this file knows no framework. */
interface HttpException extends Error {
  getStatus(): number;
}

function isHttpException(error: unknown): error is HttpException {
  return error instanceof Error && typeof (error as Partial<HttpException>).getStatus === 'function';
}

/** Whatever was thrown, as a refusal: Nest's and Fastify's own exceptions by their status, everything else as `internal`. */
export function translateException(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (isHttpException(error)) return ofStatus(error.getStatus(), error.message, error);
  const { code, statusCode, message = '' } = (error ?? {}) as FrameworkError;
  if (code === 'FST_ERR_BAD_URL')
    return new GatewayError('invalid_request', 'The URL is not percent-encoded as UTF-8', { cause: error });
  if (typeof code === 'string' && code.startsWith('FST_')) return ofStatus(statusCode ?? 500, message, error);
  // a driver's error from any route: the storage is away, and the caller has done nothing wrong
  if (isUnavailable(error))
    return new GatewayError('storage_unavailable', 'The storage cannot be reached now', {
      retryAfter: 2,
      cause: error,
    });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return ofStatus(statusCode, message, error);
  return GatewayError.from(error);
}

function ofStatus(status: number, message: string, cause: unknown): GatewayError {
  switch (status) {
    case 403:
      return new GatewayError('forbidden', 'This path may not be read', { cause });
    case 404:
      return new GatewayError('not_found', 'There is no such route', { cause });
    case 413:
      return new GatewayError('prompt_too_large', 'The body is larger than this gateway takes', { cause });
    case 415:
      return new GatewayError('unsupported_media_type', 'The body must be sent with content-type: application/json', {
        cause,
      });
    case 414:
      return new GatewayError('invalid_request', 'The URL is too long', { status, cause });
  }
  const code = BY_STATUS[status];
  if (code) return new GatewayError(code, message, { cause });
  if (status < 500) return new GatewayError('invalid_request', message, { status, cause });
  return GatewayError.from(cause);
}
