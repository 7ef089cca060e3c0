import { GatewayError } from '../../contract/errors';
import type { KeyRested, KeyReturned } from '../../contract/events';
import type { Quota } from '../../contract/reply';
import type { KeyPolicy } from '../../platform/config/policies';
import { keyFault, type KeyFault } from './key-fault';
import { leastLoaded } from './least-loaded';
import { ProviderKey } from './provider-key';

export interface KeyState {
  readonly provider: string;
  /** The place of the key in the provider's list. */
  readonly key: number;
  readonly inFlight: number;
  /** Milliseconds until it is used again. */
  readonly restsForMs?: number;
  readonly reason?: KeyFault;
}

/** A key that a call was given, to be given back once. */
export interface Loan {
  readonly index: number;
  /** Another key could take over at once. */
  readonly spare: boolean;
  readonly era: number;
}

export interface KeyEvents {
  emit(name: 'key.rested', event: KeyRested): void;
  emit(name: 'key.returned', event: KeyReturned): void;
}

const WAIT_MS = 1_000;

/** The keys of one provider. A key that fails rests, and the others take over. */
export class KeyPool {
  private readonly keys: readonly ProviderKey[];
  private turn = 0;

  constructor(
    private readonly provider: string,
    size: number,
    private readonly events: KeyEvents,
    private readonly now: () => number,
  ) {
    this.keys = Array.from({ length: size }, (_, index) => new ProviderKey(index));
  }

  /** @param asked keys that this call was given before */
  borrow(asked: ReadonlySet<number>): Loan | undefined {
    const now = this.now();
    const free = this.awake(now).filter(({ index }) => !asked.has(index));
    const key = leastLoaded(free, now);
    if (!key) return undefined;
    key.inFlight++;
    key.lastTurn = ++this.turn;
    return { index: key.index, spare: free.length > 1, era: key.era };
  }

  giveBack({ index }: Loan): void {
    this.key(index).inFlight--;
  }

  answered({ index, era }: Loan, quota: Quota | undefined): void {
    const key = this.key(index);
    key.answered(era);
    if (quota) key.quota.learn(quota, this.now());
  }

  /** @returns whether it was the key's fault, so that another one may do better */
  failed({ index, era }: Loan, failure: GatewayError, policy: KeyPolicy): boolean {
    const now = this.now();
    const key = this.key(index);
    const { quota, retryAfter } = failure.facts;
    if (quota) key.quota.learn(quota, now);
    const kind = keyFault(failure);
    if (!kind) return false;
    const last = !this.awake(now).some((other) => other !== key);
    const waitMs = retryAfter === undefined ? WAIT_MS : retryAfter * 1_000;
    const restMs = key.failed({ kind, waitMs, last }, era, policy, now);
    if (restMs !== undefined)
      this.events.emit('key.rested', { provider: this.provider, key: index, reason: kind, restMs });
    return true;
  }

  /** Why nobody is asked while every key rests, and for how long. */
  refusal(): GatewayError {
    const now = this.now();
    const rests = this.keys.flatMap((key) => key.resting(now) ?? []);
    const limited = rests.filter(({ reason }) => reason === 'rate_limit');
    const soonest = Math.min(...(limited.length ? limited : rests).map(({ until }) => until));
    const facts = { blame: 'key', retryAfter: Math.max(1, Math.ceil((soonest - now) / 1_000)) } as const;
    return limited.length
      ? new GatewayError('rate_limited', `The provider '${this.provider}' is over its rate limit`, facts)
      : new GatewayError('provider_failed', 'The provider refused the gateway’s credentials', facts);
  }

  states(): KeyState[] {
    const now = this.now();
    this.awake(now);
    return this.keys.map((key) => {
      const rest = key.resting(now);
      const state = { provider: this.provider, key: key.index, inFlight: key.inFlight };
      return rest ? { ...state, restsForMs: rest.until - now, reason: rest.reason } : state;
    });
  }

  /** Keys that do not rest. Whoever is back since this was last asked is announced. */
  private awake(now: number): ProviderKey[] {
    for (const key of this.keys)
      if (key.returned(now)) this.events.emit('key.returned', { provider: this.provider, key: key.index });
    return this.keys.filter((key) => !key.resting(now));
  }

  private key(index: number): ProviderKey {
    return this.keys[index] as ProviderKey;
  }
}
