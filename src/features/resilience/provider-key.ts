import type { KeyPolicy } from '../../platform/config/policies';
import type { KeyFault } from './key-fault';
import { RemainingQuota } from './remaining-quota';

export interface Fault {
  readonly kind: KeyFault;
  readonly waitMs: number;
  /** No other key is there to take over. */
  readonly last: boolean;
}

/** One key of a provider: how busy it is, what is left of it, and whether it rests. */
export class ProviderKey {
  inFlight = 0;
  /** The turn in which it was last chosen. */
  lastTurn = 0;
  /** Its rests so far: what is heard of calls that began before the last one is old news. */
  era = 0;
  readonly quota = new RemainingQuota();
  private rest: { readonly reason: KeyFault; readonly until: number } | undefined;
  /** In a row. */
  private refusals = 0;
  private limits = 0;

  /**
   * @param index its place in the provider's list
   * @param slot its own number in the pool: a key that was put in its place has another
   */
  constructor(
    readonly index: number,
    readonly slot: number,
  ) {}

  resting(now: number): { readonly reason: KeyFault; readonly until: number } | undefined {
    return this.rest && now < this.rest.until ? this.rest : undefined;
  }

  /** Whether a rest has ended since this was last asked. */
  returned(now: number): boolean {
    if (!this.rest || now < this.rest.until) return false;
    this.rest = undefined;
    return true;
  }

  answered(era: number): void {
    if (era !== this.era) return;
    this.refusals = 0;
    this.limits = 0;
  }

  /** How long it rests for this; undefined when it need not. */
  failed({ kind, waitMs, last }: Fault, era: number, policy: KeyPolicy, now: number): number | undefined {
    if (era !== this.era) return undefined;
    if (kind === 'rate_limit') {
      // a lone 429 must not send everything away
      if (++this.limits < 2 && last) return undefined;
    } else this.refusals++;
    const asked = kind === 'rate_limit' ? waitMs : policy.restMs * 2 ** (this.refusals - 1);
    const restMs = Math.min(policy.maxRestMs, asked);
    this.rest = { reason: kind, until: now + restMs };
    this.era++;
    return restMs;
  }
}
