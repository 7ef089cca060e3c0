import { ProviderKey } from './provider-key';

/** A place in the list of a provider's keys: the key that stands there, and for a while the one that stood there before. */
export class KeyPlace {
  private former: { readonly key: ProviderKey; readonly until: number } | undefined;

  constructor(public current: ProviderKey) {}

  /** Another key stands there from now on. */
  renew(key: ProviderKey, until: number): void {
    this.former = { key: this.current, until };
    this.current = key;
  }

  /** The key to use; the former one while the current one is refused, as a new key may not be known everywhere yet. */
  usable(now: number): ProviderKey | undefined {
    const rest = this.current.resting(now);
    if (!rest) return this.current;
    const former = rest.reason === 'credentials' ? this.before(now) : undefined;
    return former?.resting(now) ? undefined : former;
  }

  before(now: number): ProviderKey | undefined {
    if (this.former && this.former.until <= now) this.former = undefined;
    return this.former?.key;
  }
}
