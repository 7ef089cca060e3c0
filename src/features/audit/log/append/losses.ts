import type { Draft } from '../../audit-log';

/** Counts what tenants that accept losses lost, until an entry says so. */
export class Losses {
  private readonly tenants = new Map<string, number>();
  private count = 0;
  private since = 0;

  /** The most tenants that are counted apart. */
  constructor(private readonly mostTenants = 50) {}

  get any(): boolean {
    return this.count > 0;
  }

  add(draft: Draft): void {
    if (this.count++ === 0) this.since = Date.now();
    const tenant = draft.facts.tenant ?? 'none';
    const name = this.tenants.has(tenant) || this.tenants.size < this.mostTenants ? tenant : 'other';
    this.tenants.set(name, (this.tenants.get(name) ?? 0) + 1);
  }

  /** The entry about all of them; counting begins anew unless it cannot be written. */
  async tell(write: (draft: Draft) => Promise<unknown>): Promise<void> {
    const { count, since } = this;
    const tenants = Object.fromEntries(this.tenants);
    this.tenants.clear();
    this.count = 0;
    try {
      const metadata = { entries: count, since: new Date(since).toISOString(), tenants };
      await write({ facts: { event: 'audit.loss', metadata } });
    } catch {
      this.count += count;
      this.since = since;
      for (const [name, lost] of Object.entries(tenants)) this.tenants.set(name, (this.tenants.get(name) ?? 0) + lost);
    }
  }
}
