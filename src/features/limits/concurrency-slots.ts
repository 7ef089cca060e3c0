import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { StateReport } from '../../contract/state-report';

/** How many calls of each key are under way in this process. */
export class ConcurrencySlots extends StateReport {
  readonly reports = 'concurrency';
  private readonly taken = new Map<string, number>();

  /**
   * @returns gives the slot back; only the first time.
   * @throws GatewayError `concurrency_limited`
   */
  acquire(keyId: string, limit: number): () => void {
    const taken = this.taken.get(keyId) ?? 0;
    if (taken >= limit)
      throw new GatewayError('concurrency_limited', `Limit of ${limit} concurrent calls for this key reached`, {
        retryAfter: 1,
      });
    this.taken.set(keyId, taken + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.taken.get(keyId) ?? 1) - 1;
      if (left) this.taken.set(keyId, left);
      else this.taken.delete(keyId);
    };
  }

  /** Of all keys together: a key is its tenant's business. */
  state(): readonly JsonObject[] {
    const calls = [...this.taken.values()].reduce((sum, taken) => sum + taken, 0);
    return [{ scope: 'process', keys: this.taken.size, calls }];
  }

  /** How many keys hold a slot. */
  get size(): number {
    return this.taken.size;
  }
}
