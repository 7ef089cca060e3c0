import { Secret } from './secret';
import type { Reading } from './secret-backend';
import { SecretUnavailable } from './secret-unavailable';

export interface LiveSecretOptions {
  /** Reads it anew; absent where it cannot change. */
  readonly read?: (signal: AbortSignal) => Promise<Reading>;
  /** What is wrong with a value; it is then not taken. */
  readonly check?: (value: string) => string | undefined;
  /** How long the former value may still be used. */
  readonly graceMs?: number;
  readonly now?: () => number;
}

export type Refreshed = 'same' | 'rotated';
/** What became of a reading. */
export type Outcome = { readonly kind: Refreshed } | { readonly kind: 'failed'; readonly reason: string };
type Listener = (secret: LiveSecret) => void;

const DEADLINE_MS = 5_000;

/** A secret that may be rotated while it is in use. Whatever happens to its keeper, there is always a value. */
export class LiveSecret {
  readonly #options: LiveSecretOptions;
  readonly #initial: Secret;
  #current: Secret;
  #version: string;
  #former: { readonly secret: Secret; readonly until: number } | undefined;
  #reading: Promise<Outcome> | undefined;
  #readAt = -Infinity;
  readonly #listeners: Listener[] = [];
  #observer: (outcome: Outcome) => void = () => undefined;

  /**
   * @param name of the setting
   * @param source where it is kept, as an operator wrote it
   */
  constructor(
    readonly name: string,
    readonly source: string,
    first: Reading,
    options: LiveSecretOptions = {},
  ) {
    this.#options = options;
    this.#initial = this.#current = new Secret(first.value);
    this.#version = first.version;
  }

  /** One that never changes. */
  static fixed(value: string, name = 'fixed'): LiveSecret {
    return new LiveSecret(name, 'literal', { value, version: '' });
  }

  get current(): Secret {
    return this.#current;
  }

  /** As it was at start, for whoever cannot change it later. */
  get initial(): Secret {
    return this.#initial;
  }

  /** As its keeper names it; empty where there are no versions. */
  get version(): string {
    return this.#version;
  }

  /** The value before the last rotation, while its grace lasts. */
  get former(): Secret | undefined {
    if (this.#former && this.#former.until <= this.now()) this.#former = undefined;
    return this.#former?.secret;
  }

  get graceMs(): number {
    return this.#options.graceMs ?? 0;
  }

  get changes(): boolean {
    return this.#options.read !== undefined;
  }

  /** Somebody takes a new value into use at once. */
  get followed(): boolean {
    return this.#listeners.length > 0;
  }

  onRotation(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** One who hears of every reading. */
  observe(observer: (outcome: Outcome) => void): void {
    this.#observer = observer;
  }

  /**
   * Reads it anew, once for all who ask at the same time. Never throws.
   * @param changed it was changed just now: a reading that is under way may have come too early
   */
  refresh(changed = false): Promise<Outcome> {
    if (this.#reading) return changed ? this.#reading.then(() => this.refresh()) : this.#reading;
    if (!this.#options.read) return Promise.resolve({ kind: 'same' });
    this.#reading = this.read(this.#options.read).finally(() => {
      this.#reading = undefined;
      this.#readAt = this.now();
    });
    return this.#reading;
  }

  /** Likewise, unless that was done within so many milliseconds. */
  refreshAfter(ms: number): Promise<Outcome> {
    return this.now() - this.#readAt < ms ? Promise.resolve({ kind: 'same' }) : this.refresh();
  }

  private async read(read: (signal: AbortSignal) => Promise<Reading>): Promise<Outcome> {
    let outcome: Outcome;
    try {
      outcome = { kind: this.take(await inTime(read, DEADLINE_MS)) };
    } catch (error) {
      outcome = { kind: 'failed', reason: SecretUnavailable.from(error).message };
    }
    this.#observer(outcome);
    return outcome;
  }

  private take({ value, version }: Reading): Refreshed {
    const text = withoutNewline(value);
    const problem = this.#options.check?.(text);
    if (problem) throw new SecretUnavailable(`the new value is not taken: it ${problem}`);
    this.#version = version;
    if (this.#current.equals(text)) return 'same';
    this.#former = { secret: this.#current, until: this.now() + this.graceMs };
    this.#current = new Secret(text);
    for (const listener of this.#listeners) listener(this);
    return 'rotated';
  }

  private now(): number {
    return (this.#options.now ?? performance.now.bind(performance))();
  }
}

/** Editors and `echo` add one; it is never part of a secret. */
export function withoutNewline(value: string): string {
  return value.replace(/\r?\n$/, '');
}

/** A backend that forgets its deadline is not waited for. */
export async function inTime<T>(work: (signal: AbortSignal) => Promise<T>, ms: number): Promise<T> {
  const signal = AbortSignal.timeout(ms);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(new SecretUnavailable(`there was no answer within ${ms / 1_000} s`, true)),
    );
  });
  return Promise.race([work(signal), late]);
}
