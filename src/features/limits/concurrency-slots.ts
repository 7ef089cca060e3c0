import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { StateReport } from '../../contract/state-report';
import type { LimitScope } from './limit-scope';

/** Gives the slots of a call back; only the first time. */
export type Release = () => void;

/** One of so many slots. */
export interface Seat {
  readonly scope: LimitScope;
  /** Unique among all counters. Calls that share it share the slots. */
  readonly counter: string;
  readonly limit: number;
}

/** How many calls of each key, user, tenant and model are under way. Type and injection token in one. */
export abstract class ConcurrencySlots extends StateReport {
  override readonly reports = 'concurrency';

  /**
   * All of them or none; at once where nobody has to be asked.
   * @throws GatewayError `concurrency_limited`
   */
  abstract acquire(seats: readonly Seat[]): Release | Promise<Release>;

  /** Of this process, and of all counters together: each is its tenant's business. */
  abstract override state(): readonly JsonObject[];
}

export function slotsTaken({ scope, limit }: Seat): GatewayError {
  return new GatewayError('concurrency_limited', `Limit of ${limit} concurrent calls for this ${scope} reached`, {
    retryAfter: 1,
    details: { scope, limit, unit: 'concurrent calls' },
  });
}
