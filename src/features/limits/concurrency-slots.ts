import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { StateReport } from '../../contract/state-report';

/** Gives a slot back; only the first time. */
export type Release = () => void;

/** How many calls of each key are under way. Type and injection token in one. */
export abstract class ConcurrencySlots extends StateReport {
  override readonly reports = 'concurrency';

  /**
   * At once where nobody has to be asked.
   * @throws GatewayError `concurrency_limited`
   */
  abstract acquire(keyId: string, limit: number): Release | Promise<Release>;

  /** Of this process, and of all keys together: a key is its tenant's business. */
  abstract override state(): readonly JsonObject[];
}

export function slotsTaken(limit: number): GatewayError {
  return new GatewayError('concurrency_limited', `Limit of ${limit} concurrent calls for this key reached`, {
    retryAfter: 1,
  });
}
