import { GatewayError } from '../../contract/errors';
import type { KeyRested, KeyReturned } from '../../contract/events';
import type { Quota } from '../../contract/reply';
import type { KeyPolicy } from '../../platform/config/policies';
import { keyFault, type KeyFault } from './key-fault';
import { KeyPlace } from './key-place';
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
  /** The key itself: another may stand at its place by the time it is given back. */
  readonly slot: number;
  /** Another key could take over at once. */
  readonly spare: boolean;
  readonly era: number;
  /** It stood at its place before the last rotation. */
  readonly former?: true;
}

export interface KeyEvents {
  emit(name: 'key.rested', event: KeyRested): void;
  emit(name: 'key.returned', event: KeyReturned): void;
}

const WAIT_MS = 1_000;

/** The keys of one provider. A key that fails rests, and the others take over. */
export class KeyPool {
  private readonly places: KeyPlace[] = [];
  /** Every key that is lent or may be, by slot. */
  private readonly keys = new Map<number, ProviderKey>();
  private slots = 0;
  private size = 0;
  private turn = 0;

  constructor(
    private readonly provider: string,
    size: number,
    private readonly events: KeyEvents,
    private readonly now: () => number,
  ) {
    this.resize(size);
  }

  /**
   * Keys were rotated.
   * @param changed places where another key stands than before; the former one may take over for so long
   */
  renew(size: number, changed: readonly number[], graceMs: number): void {
    const until = this.now() + graceMs;
    for (const index of changed) this.places[index]?.renew(this.newKey(index), until);
    this.resize(size);
    for (const key of this.keys.values()) this.forgetIfGone(key);
  }

  /** @param asked slots of the keys that this call was given before */
  borrow(asked: ReadonlySet<number>): Loan | undefined {
    const now = this.now();
    const free = this.awake(now).filter(({ slot }) => !asked.has(slot));
    const key = leastLoaded(free, now);
    if (!key) return undefined;
    key.inFlight++;
    key.lastTurn = ++this.turn;
    const { index, slot, era } = key;
    return { index, slot, spare: free.length > 1, era, ...(this.isCurrent(key) ? {} : { former: true }) };
  }

  giveBack({ slot }: Loan): void {
    const key = this.keys.get(slot);
    if (!key) return;
    key.inFlight--;
    this.forgetIfGone(key);
  }

  /** Whether the key of the loan still stands at its place, so that nothing is known of a newer one. */
  stands({ slot }: Loan): boolean {
    const key = this.keys.get(slot);
    return key !== undefined && this.isCurrent(key);
  }

  answered({ slot, era }: Loan, quota: Quota | undefined): void {
    const key = this.keys.get(slot);
    if (!key) return;
    key.answered(era);
    if (quota) key.quota.learn(quota, this.now());
  }

  /** @returns whether it was the key's fault, so that another one may do better */
  failed({ index, slot, era }: Loan, failure: GatewayError, policy: KeyPolicy): boolean {
    const now = this.now();
    const key = this.keys.get(slot);
    const { quota, retryAfter } = failure.facts;
    if (quota) key?.quota.learn(quota, now);
    const kind = keyFault(failure);
    if (!kind) return false;
    // it was taken out of the list
    if (!key) return true;
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
    const rests = this.standing().flatMap(({ current }) => current.resting(now) ?? []);
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
    return this.standing().map((place) => {
      const { current } = place;
      const rest = current.resting(now);
      const inFlight = current.inFlight + (place.before(now)?.inFlight ?? 0);
      const state = { provider: this.provider, key: current.index, inFlight };
      return rest ? { ...state, restsForMs: rest.until - now, reason: rest.reason } : state;
    });
  }

  /** Keys that do not rest. Whoever is back since this was last asked is announced. */
  private awake(now: number): ProviderKey[] {
    return this.standing().flatMap((place) => {
      if (place.current.returned(now))
        this.events.emit('key.returned', { provider: this.provider, key: place.current.index });
      return place.usable(now) ?? [];
    });
  }

  private standing(): readonly KeyPlace[] {
    return this.places.slice(0, this.size);
  }

  private isCurrent(key: ProviderKey): boolean {
    return key.index < this.size && this.places[key.index]?.current === key;
  }

  private resize(size: number): void {
    for (let index = this.places.length; index < size; index++) this.places.push(new KeyPlace(this.newKey(index)));
    this.size = size;
  }

  private newKey(index: number): ProviderKey {
    const key = new ProviderKey(index, this.slots++);
    this.keys.set(key.slot, key);
    return key;
  }

  /** A former key whose grace is over and whose last call has ended. */
  private forgetIfGone(key: ProviderKey): void {
    const place = this.places[key.index];
    if (!key.inFlight && place?.current !== key && place?.before(this.now()) !== key) this.keys.delete(key.slot);
  }
}
