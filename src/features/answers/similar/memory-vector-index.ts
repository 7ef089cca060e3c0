import { nearestOf } from './nearest';
import { type Bucket, type Forgotten, isMeant, type Neighbour, type Remembered, VectorIndex } from './vector-index';

/** One tenant's questions, the oldest first, and where each is. */
interface OfTenant {
  readonly order: Map<string, { family: string; key: string }>;
  readonly families: Map<string, Map<string, Remembered>>;
}

/** Questions in the memory of this process; when there are too many – of a tenant, or in all – the oldest go. */
export class MemoryVectorIndex extends VectorIndex {
  /** The tenant that was used last comes last. */
  private readonly tenants = new Map<string, OfTenant>();
  private count = 0;

  constructor(
    private readonly perTenant = 10_000,
    private readonly inAll = 50_000,
    private readonly clock: () => number = Date.now,
  ) {
    super();
  }

  get size(): number {
    return this.count;
  }

  override add({ tenantId, family }: Bucket, question: Remembered): Promise<void> {
    const own = this.touched(tenantId);
    this.remove(own, family, question.key);
    let bucket = own.families.get(family);
    if (!bucket) own.families.set(family, (bucket = new Map()));
    bucket.set(question.key, question);
    own.order.set(nameOf(family, question.key), { family, key: question.key });
    this.count++;
    if (own.order.size > this.perTenant) this.removeOldest(own);
    for (const [name, oldest] of this.tenants) {
      if (this.count <= this.inAll) break;
      while (this.count > this.inAll && oldest.order.size) this.removeOldest(oldest);
      if (!oldest.order.size) this.tenants.delete(name);
    }
    return Promise.resolve();
  }

  override async nearest(
    { tenantId, family }: Bucket,
    vector: Int8Array,
    most: number,
    atLeast: number,
  ): Promise<readonly Neighbour[]> {
    const bucket = this.tenants.get(tenantId)?.families.get(family);
    return bucket ? nearestOf(bucket.values(), vector, most, atLeast, this.clock()) : [];
  }

  override forget(which: Forgotten): Promise<void> {
    const own = this.tenants.get(which.tenantId);
    if (!own) return Promise.resolve();
    for (const { family, key } of own.order.values()) {
      const question = own.families.get(family)?.get(key);
      if (question && isMeant(which, question)) this.remove(own, family, key);
    }
    if (!own.order.size) this.tenants.delete(which.tenantId);
    return Promise.resolve();
  }

  private touched(tenantId: string): OfTenant {
    const own: OfTenant = this.tenants.get(tenantId) ?? { order: new Map(), families: new Map() };
    this.tenants.delete(tenantId);
    this.tenants.set(tenantId, own);
    return own;
  }

  private removeOldest(own: OfTenant): void {
    for (const { family, key } of own.order.values()) return this.remove(own, family, key);
  }

  private remove(own: OfTenant, family: string, key: string): void {
    if (!own.order.delete(nameOf(family, key))) return;
    const bucket = own.families.get(family);
    bucket?.delete(key);
    if (!bucket?.size) own.families.delete(family);
    this.count--;
  }
}

function nameOf(family: string, key: string): string {
  return `${family} ${key}`;
}
