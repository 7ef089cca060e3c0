import { type ErrorCode, GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import { asText } from '../tolerant';

const MAX_MESSAGE = 500;
const MAX_CODE = 100;

/** An error that a provider reported after it had accepted the request: the `error` of a response, or an `error` event. */
export function providerError(value: unknown): GatewayError {
  const error: JsonObject = isObject(value) ? value : {};
  const code = asText(error.code).slice(0, MAX_CODE);
  const type = asText(error.type).slice(0, MAX_CODE);
  const providerCode = code || (type === 'error' ? '' : type);
  const message = asText(error.message).slice(0, MAX_MESSAGE) || 'The provider reported an error';
  return new GatewayError(kindOf(`${type} ${code}`.toLowerCase()), message, { ...(providerCode && { providerCode }) });
}

function kindOf(names: string): ErrorCode {
  if (/overloaded|service_unavailable/.test(names)) return 'overloaded';
  if (/rate_?limit|too_many_requests/.test(names)) return 'rate_limited';
  if (/api_key|authentication|permission/.test(names)) return 'provider_failed';
  if (/invalid_|context_length|image|policy|unsupported/.test(names)) return 'invalid_request';
  return 'provider_failed';
}

export function nonsense(what: string): GatewayError {
  return new GatewayError('provider_failed', `The provider sent ${what}`);
}
