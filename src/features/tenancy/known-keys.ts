import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';

export interface KnownKey {
  readonly caller: Caller;
  /** Milliseconds since the epoch; Infinity when it never does. */
  readonly expiresAt: number;
}

/** Where keys are really kept. Undefined: there is no such key, or it must not be accepted any more. */
export type KeySource = (hash: string) => Promise<KnownKey | undefined>;

interface Entry {
  readonly key: KnownKey;
  readonly checkedAt: number;
  /** The source failed: serve the entry as it is until then. */
  retryAt: number;
}

const FRESH_MS = 10_000;
/** Without word of changes an answer is believed for this long only. */
const FRESH_DEAF_MS = 2_000;
/** A hot key is asked for again before its entry gets old, so that no call waits for it. */
const REFRESH_AT = 0.8;
/** How long a key that was good keeps working while the source is out of reach. */
const STALE_MS = 300_000;
const RETRY_MS = 1_000;
const UNKNOWN_MS = 5_000;
const KEPT = 10_000;

/**
 * What the source said lately, by hash. Bounded, both for good keys and for unknown ones; one question at a time for each
 * hash. Never answers "unknown" because the source could not be asked.
 */
export class KnownKeys {
  private readonly entries = new Map<string, Entry>();
  private readonly unknownUntil = new Map<string, number>();
  private readonly asking = new Map<string, Promise<KnownKey | undefined>>();
  /** Since when every change is heard of. */
  private hearingSince = Infinity;
  private changes = 0;

  constructor(
    private readonly source: KeySource,
    private readonly clock: () => number = Date.now,
  ) {}

  /** At once when it is known. @throws GatewayError `storage_unavailable` */
  find(hash: string): KnownKey | undefined | Promise<KnownKey | undefined> {
    const now = this.clock();
    const entry = this.entries.get(hash);
    if (!entry) return (this.unknownUntil.get(hash) ?? 0) > now ? undefined : this.ask(hash);
    const age = now - entry.checkedAt;
    const fresh = entry.checkedAt >= this.hearingSince ? FRESH_MS : FRESH_DEAF_MS;
    if (age >= fresh) return now < entry.retryAt && age < STALE_MS ? entry.key : this.ask(hash);
    if (age >= fresh * REFRESH_AT && now >= entry.retryAt) this.ask(hash).catch(() => undefined);
    return entry.key;
  }

  /** A key, or every key of a tenant, has changed: what was believed about it is void from now on. */
  forget(id: string): void {
    this.changes++;
    this.asking.clear();
    this.unknownUntil.clear();
    for (const [hash, { key }] of this.entries)
      if (key.caller.keyId === id || key.caller.tenantId === id) this.entries.delete(hash);
  }

  /** Whether `forget` is called for every change from now on. */
  hearing(changes: boolean): void {
    this.hearingSince = changes ? this.clock() : Infinity;
  }

  get size(): number {
    return this.entries.size + this.unknownUntil.size;
  }

  private ask(hash: string): Promise<KnownKey | undefined> {
    const running = this.asking.get(hash);
    if (running) return running;
    const answer = this.answer(hash).finally(() => {
      if (this.asking.get(hash) === answer) this.asking.delete(hash);
    });
    this.asking.set(hash, answer);
    return answer;
  }

  private async answer(hash: string): Promise<KnownKey | undefined> {
    const { changes } = this;
    const askedAt = this.clock();
    try {
      const key = await this.source(hash);
      // something changed meanwhile: good enough for the calls that asked before, not for later ones
      if (changes === this.changes) this.keep(hash, key, askedAt);
      return key;
    } catch (error) {
      return this.stale(hash, error);
    }
  }

  private keep(hash: string, key: KnownKey | undefined, checkedAt: number): void {
    // taken out first, so that maps stay in order of the last check and the oldest is dropped
    this.entries.delete(hash);
    this.unknownUntil.delete(hash);
    if (key) put(this.entries, hash, { key, checkedAt, retryAt: 0 });
    else put(this.unknownUntil, hash, checkedAt + UNKNOWN_MS);
  }

  private stale(hash: string, cause: unknown): KnownKey {
    const entry = this.entries.get(hash);
    const now = this.clock();
    if (entry && now - entry.checkedAt < STALE_MS) {
      entry.retryAt = now + RETRY_MS;
      return entry.key;
    }
    throw new GatewayError('storage_unavailable', 'The API key cannot be checked now', { retryAfter: 2, cause });
  }
}

function put<T>(map: Map<string, T>, hash: string, value: T): void {
  if (map.size >= KEPT) map.delete(map.keys().next().value as string);
  map.set(hash, value);
}
