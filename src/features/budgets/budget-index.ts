import type { Budget, CallerScope } from './budget';

const NONE: readonly Budget[] = [];

/** The budgets by whose calls they are about. In memory: a call without a budget asks nobody. */
export class BudgetIndex {
  private byTenant = new Map<string, Map<string, Budget[]>>();

  /** Replaces what was known. */
  learn(budgets: readonly Budget[]): void {
    const byTenant = new Map<string, Map<string, Budget[]>>();
    for (const budget of budgets) {
      const { tenantId, scope, name } = budget;
      const ofTenant = byTenant.get(tenantId) ?? new Map<string, Budget[]>();
      byTenant.set(tenantId, ofTenant);
      const place = `${scope} ${name}`;
      ofTenant.set(place, [...(ofTenant.get(place) ?? []), budget]);
    }
    this.byTenant = byTenant;
  }

  get isEmpty(): boolean {
    return this.byTenant.size === 0;
  }

  /** Whether any call of the tenant may have a budget. */
  has(tenantId: string): boolean {
    return this.byTenant.has(tenantId);
  }

  /** Every budget that a call counts towards. */
  of({ tenantId, keyId, userRef, tags = [] }: CallerScope): readonly Budget[] {
    const ofTenant = this.byTenant.get(tenantId);
    if (!ofTenant) return NONE;
    const places = ['tenant ', `key ${keyId}`, ...(userRef === undefined ? [] : [`user ${userRef}`])];
    for (const tag of new Set(tags)) places.push(`tag ${tag}`);
    return places.flatMap((place) => ofTenant.get(place) ?? NONE);
  }

  /** Whether the person that makes a call matters. */
  asksForUsers(tenantId: string): boolean {
    const ofTenant = this.byTenant.get(tenantId);
    if (ofTenant) for (const place of ofTenant.keys()) if (place.startsWith('user ')) return true;
    return false;
  }
}
