import { GatewayError } from '../contract/errors';

/** The failure of asking once more, with the times a provider was asked before. */
export function withEarlierAttempts(failure: GatewayError, earlier: number): GatewayError {
  const { code, message, facts } = failure;
  return new GatewayError(code, message, {
    ...facts,
    attempts: earlier + (facts.attempts ?? 0),
    cause: facts.cause ?? failure,
  });
}
