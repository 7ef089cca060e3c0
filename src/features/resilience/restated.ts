import { GatewayError, type ErrorFacts } from '../../contract/errors';

/** The same failure with more known about it. */
export function restated({ code, message, facts }: GatewayError, more: ErrorFacts): GatewayError {
  return new GatewayError(code, message, { ...facts, ...more });
}
