import { GatewayError, type ErrorFacts } from '../../contract/errors';
import { processScrubber } from './process-scrubber';
import type { Scrubber } from './scrubber';

/**
 * The error as a caller may read it. Providers and libraries quote what they were sent: no secret of the gateway, no personal
 * data and nothing that steers a terminal is left in its message or facts. Usually the very same error.
 */
export function shownError(error: GatewayError, scrubber: Scrubber = processScrubber): GatewayError {
  const shown = (text: string): string => scrubber.printable(text);
  const message = shown(error.message);
  const facts = shownFacts(error.facts, shown);
  return message === error.message && facts === error.facts ? error : new GatewayError(error.code, message, facts);
}

function shownFacts(facts: ErrorFacts, shown: (text: string) => string): ErrorFacts {
  const { param, providerCode, details } = facts;
  const changed = {
    ...(param !== undefined && shown(param) !== param && { param: shown(param) }),
    ...(providerCode !== undefined && shown(providerCode) !== providerCode && { providerCode: shown(providerCode) }),
    ...(details && Object.values(details).some((value) => typeof value === 'string' && shown(value) !== value)
      ? { details: mapped(details, shown) }
      : {}),
  };
  return Object.keys(changed).length ? { ...facts, ...changed } : facts;
}

function mapped(
  details: NonNullable<ErrorFacts['details']>,
  shown: (text: string) => string,
): NonNullable<ErrorFacts['details']> {
  const entries = Object.entries(details).map(([name, value]) => [
    name,
    typeof value === 'string' ? shown(value) : value,
  ]);
  return Object.fromEntries(entries) as NonNullable<ErrorFacts['details']>;
}
