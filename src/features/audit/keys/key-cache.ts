/** Milliseconds. */
export const FRESH_MS = 600_000;
/** How long a copy is used while nobody can be asked for a newer one. */
export const LONGEST_MS = 900_000;

/** A copy in use is renewed before it gets old, so that no call waits for it. */
const RENEW_AT = 0.8;
const RETRY_MS = 5_000;
/** Loads that were overtaken by a change are repeated so often before their result is used once and not kept. */
const REPEATS = 4;

interface Entry<V> {
  readonly value: V;
  readonly loadedAt: number;
  retryAt: number;
}

/**
 * Copies with a limited life, the oldest dropped first. One load at a time for each name. What was forgotten is never brought
 * back by a load that had begun before.
 */
export class KeyCache<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private readonly loading = new Map<string, Promise<V>>();
  private forgotten = 0;

  constructor(
    private readonly kept: number,
    private readonly clock: () => number,
  ) {}

  /** The hot path: what is there and young. */
  peek(name: string): V | undefined {
    const entry = this.entries.get(name);
    return entry && this.clock() - entry.loadedAt < FRESH_MS * RENEW_AT ? entry.value : undefined;
  }

  get(name: string, load: () => Promise<V>): V | Promise<V> {
    const entry = this.entries.get(name);
    if (!entry) return this.load(name, load);
    const now = this.clock();
    const age = now - entry.loadedAt;
    if (age >= LONGEST_MS || age < 0) return this.load(name, load);
    if (age < FRESH_MS) {
      if (age >= FRESH_MS * RENEW_AT && now >= entry.retryAt) {
        entry.retryAt = now + RETRY_MS;
        this.load(name, load).catch(() => undefined);
      }
      return entry.value;
    }
    return now < entry.retryAt ? entry.value : this.renewed(name, entry, load);
  }

  forget(name: string): void {
    this.forgotten++;
    this.entries.delete(name);
  }

  forgetWhere(gone: (name: string, value: V) => boolean): void {
    this.forgotten++;
    for (const [name, { value }] of this.entries) if (gone(name, value)) this.entries.delete(name);
  }

  clear(): void {
    this.forgetWhere(() => true);
  }

  /** Drops what is too old to be used: unused keys do not stay in memory. */
  sweep(): void {
    const until = this.clock() - LONGEST_MS;
    for (const [name, { loadedAt }] of this.entries) {
      if (loadedAt > until) break;
      this.entries.delete(name);
    }
  }

  get size(): number {
    return this.entries.size;
  }

  private async renewed(name: string, entry: Entry<V>, load: () => Promise<V>): Promise<V> {
    try {
      return await this.load(name, load);
    } catch (error) {
      // not when it was forgotten meanwhile
      if (this.entries.get(name) !== entry || this.clock() - entry.loadedAt >= LONGEST_MS) throw error;
      entry.retryAt = this.clock() + RETRY_MS;
      return entry.value;
    }
  }

  private load(name: string, load: () => Promise<V>): Promise<V> {
    const running = this.loading.get(name);
    if (running) return running;
    const result = this.loaded(name, load).finally(() => this.loading.delete(name));
    this.loading.set(name, result);
    return result;
  }

  private async loaded(name: string, load: () => Promise<V>): Promise<V> {
    for (let i = 0; ; i++) {
      const { forgotten } = this;
      const loadedAt = this.clock();
      const value = await load();
      if (forgotten === this.forgotten) {
        this.keep(name, value, loadedAt);
        return value;
      }
      if (i >= REPEATS) return value;
    }
  }

  private keep(name: string, value: V, loadedAt: number): void {
    // taken out first, so that the map stays in order of age
    this.entries.delete(name);
    if (this.entries.size >= this.kept) this.entries.delete(this.entries.keys().next().value as string);
    this.entries.set(name, { value, loadedAt, retryAt: 0 });
  }
}
