import { blameFor, type GatewayError } from '../../contract/errors';
import type { KeyRested } from '../../contract/events';

export type KeyFault = KeyRested['reason'];

const OF_STATUS: Readonly<Record<number, KeyFault>> = { 401: 'credentials', 402: 'payment', 403: 'credentials' };

/** What is wrong with the key that was used; undefined when the failure has another reason. */
export function keyFault(failure: GatewayError): KeyFault | undefined {
  const { code, facts } = failure;
  if (blameFor(failure) !== 'key') return undefined;
  // a spent account is not filled by waiting a second, whatever status it is reported with
  if (facts.providerCode === 'insufficient_quota') return 'payment';
  return OF_STATUS[facts.providerStatus ?? 0] ?? (code === 'rate_limited' ? 'rate_limit' : undefined);
}
