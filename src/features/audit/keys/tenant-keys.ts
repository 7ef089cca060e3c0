import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { KeyCache } from './key-cache';
import type { Keks } from './keks';
import { newTenantKeyId, type TenantKeyName, tenantKeyContext } from './key-names';
import type { Month } from './months';
import type { TenantKeyRow, TenantKeyRows } from './tenant-key-rows.store';

/** A tenant's key of a month, in use. Its bytes are out of reach. */
export interface TenantKey extends TenantKeyName {
  readonly key: KeyObject;
}

const KEPT = 5_000;
const ATTEMPTS = 3;

/** The middle level: keys that wrap data keys, and are wrapped by a key that never leaves its place. */
export class TenantKeys {
  /** Ids of the keys to wrap with. */
  private readonly newest: KeyCache<string>;
  private readonly keys: KeyCache<TenantKey | undefined>;

  constructor(
    private readonly rows: TenantKeyRows,
    private readonly keks: Keks,
    clock: () => number = Date.now,
  ) {
    this.newest = new KeyCache(KEPT, clock);
    this.keys = new KeyCache(KEPT, clock);
  }

  /** The key to wrap new data keys with; made when there is none. */
  async current(tenant: string, month: Month): Promise<TenantKey> {
    for (let i = 0; i < ATTEMPTS; i++) {
      const id = await this.newest.get(nameOf(tenant, month), () => this.load(tenant, month));
      const key = await this.find(id);
      if (key) return key;
      // destroyed, or replaced, since the id was read
      this.newest.forget(nameOf(tenant, month));
    }
    throw new Error('a tenant key changes faster than it can be read');
  }

  /** Undefined when it was destroyed. */
  async find(id: string): Promise<TenantKey | undefined> {
    return this.keys.get(id, async () => {
      const row = await this.rows.byId(id);
      return row && this.opened(row);
    });
  }

  /** A newer version of a month's key, for rotation. Undefined: somebody made it at the same moment. */
  async renew(tenant: string, month: Month, version: number): Promise<TenantKey | undefined> {
    return this.make(tenant, month, version);
  }

  forget(tenant?: string, month?: Month): void {
    this.newest.forgetWhere((name) => tenant === undefined || month === undefined || name === nameOf(tenant, month));
    this.keys.forgetWhere(
      (_, key) =>
        !key || ((tenant === undefined || key.tenant === tenant) && (month === undefined || key.month === month)),
    );
  }

  sweep(): void {
    this.newest.sweep();
    this.keys.sweep();
  }

  private async load(tenant: string, month: Month): Promise<string> {
    for (let i = 0; i < ATTEMPTS; i++) {
      const row = await this.rows.newest(tenant, month);
      if (row?.wrapped) return row.id;
      const key = await this.make(tenant, month, (row?.version ?? 0) + 1);
      if (key) return key.id;
    }
    throw new Error('a tenant key changes faster than it can be read');
  }

  private async make(tenant: string, month: Month, version: number): Promise<TenantKey | undefined> {
    const name = { id: newTenantKeyId(), tenant, month, version };
    const bytes = randomBytes(32);
    try {
      const wrapped = await this.keks.wrap(bytes, tenantKeyContext(name));
      const added = await this.rows.add({ ...name, wrapped, wrapper: this.keks.use.id });
      if (!added) return undefined;
      const key = { ...name, key: createSecretKey(bytes) };
      return await this.keys.get(name.id, () => Promise.resolve(key));
    } finally {
      bytes.fill(0);
    }
  }

  private async opened({ wrapped, wrapper, ...name }: TenantKeyRow): Promise<TenantKey | undefined> {
    if (!wrapped) return undefined;
    const bytes = await this.keks.unwrap(wrapper, wrapped, tenantKeyContext(name));
    try {
      return { ...name, key: createSecretKey(bytes) };
    } finally {
      bytes.fill(0);
    }
  }
}

function nameOf(tenant: string, month: Month): string {
  return `${month}\n${tenant}`;
}
