import { LiveSecret, type Outcome } from './live-secret';
import { Secret } from './secret';

/** However many calls find that a key is refused. */
const AT_MOST_EVERY_MS = 1_000;

/** Which places of the list have another key than before, and how many places there are now. */
export interface KeyChange {
  readonly size: number;
  readonly places: readonly number[];
  /** How long the keys that stood there may still be used. */
  readonly graceMs: number;
}

/** The keys of a secret that lists them, separated by commas. They follow the secret when it is rotated. */
export class LiveKeys {
  readonly #secret: LiveSecret | undefined;
  readonly #listeners: ((change: KeyChange) => void)[] = [];
  #keys: readonly Secret[];
  #former: readonly Secret[] = [];

  /** @param secret absent where no key is needed */
  constructor(secret?: LiveSecret) {
    this.#secret = secret;
    this.#keys = secret ? listed(secret.current) : [];
    if (secret?.changes) secret.onRotation(() => this.follow(secret));
  }

  /** Keys that never change. */
  static of(...keys: string[]): LiveKeys {
    return new LiveKeys(keys.length ? LiveSecret.fixed(keys.join()) : undefined);
  }

  get size(): number {
    return this.#keys.length;
  }

  at(place: number): Secret | undefined {
    return this.#keys[place];
  }

  /** The key that stood there before the last rotation, while its grace lasts. */
  former(place: number): Secret | undefined {
    return this.#secret?.former && this.#former[place];
  }

  onChange(listener: (change: KeyChange) => void): void {
    this.#listeners.push(listener);
  }

  /** Asks whoever keeps the secret whether it was rotated; no more often than every second. Never throws. */
  refresh(): Promise<Outcome> {
    return this.#secret?.refreshAfter(AT_MOST_EVERY_MS) ?? Promise.resolve({ kind: 'same' });
  }

  private follow(secret: LiveSecret): void {
    this.#former = this.#keys;
    this.#keys = listed(secret.current);
    const places = this.#keys.flatMap((key, place) => (this.#former[place]?.equals(key) ? [] : [place]));
    const change = { size: this.#keys.length, places, graceMs: secret.graceMs };
    for (const listener of this.#listeners) listener(change);
  }
}

function listed(secret: Secret): Secret[] {
  return keysIn(secret.reveal()).map((key) => new Secret(key));
}

export function keysIn(list: string): string[] {
  return list
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean);
}
