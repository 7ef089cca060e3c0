import { GatewayError } from '../contract/errors';

/** When the failure itself does not say how long it may last. */
const RETRY_SECONDS = 5;

/** The last rung: the failure in words for people, and when to come back. @param message may be empty */
export function exhausted(failure: GatewayError, message: string): GatewayError {
  const { code, facts } = failure;
  return new GatewayError(code, message ? `${message} ${failure.message}` : failure.message, {
    ...facts,
    retryAfter: facts.retryAfter ?? RETRY_SECONDS,
    exhausted: true,
    cause: facts.cause ?? failure,
  });
}
