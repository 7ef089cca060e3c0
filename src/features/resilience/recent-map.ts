/** A map that forgets what was used longest ago: callers choose names of models, so what is kept of them must not grow. */
export class RecentMap<V> {
  private readonly entries = new Map<string, V>();

  constructor(private readonly kept: number) {}

  get size(): number {
    return this.entries.size;
  }

  get(name: string): V | undefined {
    return this.entries.get(name);
  }

  /** The entry becomes the most recent one. */
  set(name: string, value: V): void {
    this.entries.delete(name);
    this.entries.set(name, value);
    if (this.entries.size <= this.kept) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
