import type { GatewayError } from '../../contract/errors';

/** Name, message and stack of what went wrong. Drivers put values into other properties: those stay out. */
export function causeOf(error: GatewayError): { name: string; message: string; stack?: string } {
  const cause = error.facts.cause ?? error.cause ?? error;
  return cause instanceof Error
    ? { name: cause.name, message: cause.message, stack: cause.stack }
    : { name: 'Error', message: 'something that is not an error was thrown' };
}
