import type { Config } from '../config/config';
import { Secret } from '../secrets/secret';
import { formsOf, formsOfBytes, secretParts } from './secret-forms';
import type { NamedForm } from './secret-matcher';

/** Whatever holds secrets that change. */
export type SecretHolder = Pick<Config, 'secrets' | 'masterKey'>;

interface Known {
  readonly name: string;
  readonly forms: readonly NamedForm[];
  /** Set when it is in use no longer. */
  leftAt: number | undefined;
}

/** A value that was replaced may still stand in errors, queues and caches for a while. */
const KEPT_MS = 86_400_000;
const MOST_FORMER = 1_000;
const OF_BACKEND = 'of a backend';

/** Every value that must not be shown, with its name. Nothing in it can be printed. */
export class KnownSecrets {
  readonly #known = new Map<string, Known>();
  readonly #added = new Set<string>();
  readonly #holders: SecretHolder[] = [];
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** One that never changes, beside those of holders. */
  add(name: string, value: Secret | string): boolean {
    const text = typeof value === 'string' ? value : value.reveal();
    this.#added.add(text);
    return this.#learn(name, text);
  }

  follow(holder: SecretHolder): void {
    if (!this.#holders.includes(holder)) this.#holders.push(holder);
  }

  /** Asks the holders again. @returns whether there is anything new to look for */
  refresh(): boolean {
    let changed = false;
    const inUse = new Set(this.#added);
    for (const { secrets, masterKey } of this.#holders) {
      const named = secrets
        .all()
        .flatMap(({ name, current, former, initial }) =>
          [current, initial, ...(former ? [former] : [])].map((secret) => [name, secret] as const),
        );
      const held = secrets.backends.held().map((secret) => [OF_BACKEND, secret] as const);
      for (const [name, secret] of [...named, ...held]) {
        const value = secret.reveal();
        inUse.add(value);
        changed = this.#learn(name, value) || changed;
      }
      const master = masterKey.toString('base64');
      inUse.add(master);
      changed = this.#learn('GATEHOUSE_MASTER_KEY', master, formsOfBytes(masterKey)) || changed;
    }
    this.#forget(inUse);
    return changed;
  }

  /** All ways in which they may stand in a text. */
  forms(): readonly NamedForm[] {
    return [...this.#known.values()].flatMap(({ forms }) => forms);
  }

  #learn(name: string, value: string, more: ReturnType<typeof formsOfBytes> = []): boolean {
    if (this.#known.has(value)) return false;
    const forms = [...secretParts(value).flatMap(formsOf), ...more].map((form) => ({ ...form, name }));
    this.#known.set(value, { name, forms, leftAt: undefined });
    return true;
  }

  #forget(inUse: ReadonlySet<string>): void {
    const now = this.#now();
    const former: string[] = [];
    for (const [value, known] of this.#known) {
      if (inUse.has(value)) known.leftAt = undefined;
      else if (now - (known.leftAt ??= now) >= KEPT_MS) this.#known.delete(value);
      else former.push(value);
    }
    for (const value of former.slice(0, Math.max(0, former.length - MOST_FORMER))) this.#known.delete(value);
  }
}
