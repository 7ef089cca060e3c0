import { type ErrorCode, GatewayError } from '../../contract/errors';
import { asObject, asText } from '../tolerant';

const MAX_MESSAGE = 500;
const MAX_CODE = 100;

/** An error that a provider reported inside an answer that had begun well; `value` is what stood in its `error` field. */
export function providerError(value: unknown): GatewayError {
  const error = asObject(value);
  const message = (asText(error.message) || asText(value)).slice(0, MAX_MESSAGE) || 'The provider reported an error';
  const providerCode = (asText(error.code) || asText(error.type)).slice(0, MAX_CODE);
  return new GatewayError(kindOf(`${spelt(error.type)} ${spelt(error.code)}`), message, {
    ...(providerCode && { providerCode }),
  });
}

function kindOf(names: string): ErrorCode {
  if (/overloaded|service_unavailable|\b503\b/.test(names)) return 'overloaded';
  if (/rate_?limit|too_many_requests|\b429\b/.test(names)) return 'rate_limited';
  return 'provider_failed';
}

function spelt(name: unknown): string {
  return typeof name === 'number' ? String(name) : asText(name).slice(0, MAX_CODE).toLowerCase();
}
