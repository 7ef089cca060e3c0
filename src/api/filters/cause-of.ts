import type { GatewayError } from '../../contract/errors';

/** What went wrong behind a refusal, for the log: it says of errors what may be said. */
export function causeOf(error: GatewayError): unknown {
  return error.facts.cause ?? error.cause ?? error;
}
