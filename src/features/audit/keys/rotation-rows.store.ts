import type { DataKeyRow, Scope } from './data-key-rows.store';
import type { KeyDatabase } from './key-database.store';
import type { Month } from './months';
import type { RotationScope } from './rotations.store';
import type { TenantKeyRow } from './tenant-key-rows.store';

const RETIRE_MS = 10_000;

const IN_SCOPE = `($1::text is null or tenant = $1) and ($2::text is null or month = $2)`;

const BY_OTHER_KEKS = `from audit_keys.tenant_keys where wrapped is not null and wrapper <> $3 and ${IN_SCOPE}`;

/** Those whose key of the month is older than the rotation, or that still have an older one. */
const TENANT_MONTHS = `
  from (
    select tenant, month, max(version) as version, max(made_at) as made_at, count(*) as alive
    from audit_keys.tenant_keys where wrapped is not null and ${IN_SCOPE} group by tenant, month
  ) m, audit_keys.rotations r where r.id = $3 and (m.made_at < r.started_at or m.alive > 1)`;

const REWRAP = `
  with alive as (
    select id from audit_keys.tenant_keys where id in ($1, $2) and wrapped is not null order by id for share
  )
  update audit_keys.data_keys k set tenant_key = $2, wrapped = g.wrapped
  from unnest($3::text[], $4::bytea[]) as g (id, wrapped)
  where k.id = g.id and k.tenant_key = $1 and k.wrapped is not null and (select count(*) from alive) = 2
  returning k.id`;

const OLD_DATA_KEYS = `
  from (
    select distinct on (tenant, subject, month) tenant, subject, month, version, made_at, wrapped
    from audit_keys.data_keys
    where ($1::text is null or tenant = $1) and month = any($2) and ($3::text is null or subject = $3)
    order by tenant, subject, month, version desc
  ) k, audit_keys.rotations r where r.id = $4 and k.wrapped is not null and k.made_at < r.started_at`;

export interface TenantMonth {
  readonly tenant: string;
  readonly month: Month;
  /** The newest. */
  readonly version: number;
  /** Made before the rotation began. */
  readonly old: boolean;
}

export interface OldDataKey extends Scope {
  readonly version: number;
}

/** What rotation reads and changes. It gives no key back to what was destroyed meanwhile. */
export class RotationRows {
  constructor(private readonly database: KeyDatabase) {}

  async countByOtherKeks(use: string, { tenant, month }: RotationScope): Promise<number> {
    return this.count(BY_OTHER_KEKS, [tenant ?? null, month ?? null, use]);
  }

  byOtherKeks(use: string, { tenant, month }: RotationScope, after: string, limit: number): Promise<TenantKeyRow[]> {
    return this.database.query<TenantKeyRow>(
      `select id, tenant, month, version, wrapped, wrapper ${BY_OTHER_KEKS} and id > $4 order by id limit $5`,
      [tenant ?? null, month ?? null, use, after, limit],
    );
  }

  /** @returns how many were still as they had been read */
  async replaceWrapping(use: string, rows: readonly (TenantKeyRow & { readonly renewed: Buffer })[]): Promise<number> {
    const changed = await this.database.query(
      `update audit_keys.tenant_keys t set wrapped = g.wrapped, wrapper = $1
       from unnest($2::text[], $3::text[], $4::bytea[]) as g (id, before, wrapped)
       where t.id = g.id and t.wrapper = g.before and t.wrapped is not null returning t.id`,
      [use, rows.map(({ id }) => id), rows.map(({ wrapper }) => wrapper), rows.map(({ renewed }) => renewed)],
    );
    return changed.length;
  }

  tenantMonths({ tenant, month }: RotationScope, rotation: string): Promise<TenantMonth[]> {
    return this.database.query<TenantMonth>(
      `select m.tenant, m.month, m.version, m.made_at < r.started_at as old ${TENANT_MONTHS} order by m.tenant, m.month`,
      [tenant ?? null, month ?? null, rotation],
    );
  }

  /** Ids of the keys of a month that are alive, the newest first. */
  async versions(tenant: string, month: Month): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select id from audit_keys.tenant_keys where tenant = $1 and month = $2 and wrapped is not null order by version desc`,
      [tenant, month],
    );
    return rows.map(({ id }) => id);
  }

  under(tenantKey: string, except: readonly string[], limit: number): Promise<DataKeyRow[]> {
    return this.database.query<DataKeyRow>(
      `select id, tenant_key as "tenantKey", tenant, subject, month, version, wrapped from audit_keys.data_keys
       where tenant_key = $1 and wrapped is not null and id <> all($2) order by id limit $3`,
      [tenantKey, except, limit],
    );
  }

  /** @returns how many were still alive, under a key that was, too */
  async rewrap(
    from: string,
    to: string,
    rows: readonly { readonly id: string; readonly wrapped: Buffer }[],
  ): Promise<number> {
    const ids = rows.map(({ id }) => id);
    const changed = await this.database.query(REWRAP, [from, to, ids, rows.map(({ wrapped }) => wrapped)]);
    return changed.length;
  }

  /** Destroys a key that nothing is wrapped by any more. @returns whether that is so */
  retire(tenantKey: string): Promise<boolean> {
    return this.database.transaction(RETIRE_MS, async (query) => {
      // who is adding a key under it has finished, and nobody begins
      await query('select from audit_keys.tenant_keys where id = $1 for update', [tenantKey]);
      const used = await query(
        'select from audit_keys.data_keys where tenant_key = $1 and wrapped is not null limit 1',
        [tenantKey],
      );
      if (used.length) return false;
      await query(
        `update audit_keys.tenant_keys set wrapped = null, destroyed_at = clock_timestamp() where id = $1 and wrapped is not null`,
        [tenantKey],
      );
      return true;
    });
  }

  async countOldDataKeys(scope: RotationScope, months: readonly Month[], rotation: string): Promise<number> {
    return this.count(OLD_DATA_KEYS, [scope.tenant ?? null, months, scope.subject ?? null, rotation]);
  }

  oldDataKeys(scope: RotationScope, months: readonly Month[], rotation: string, limit: number): Promise<OldDataKey[]> {
    return this.database.query<OldDataKey>(`select k.tenant, k.subject, k.month, k.version ${OLD_DATA_KEYS} limit $5`, [
      scope.tenant ?? null,
      months,
      scope.subject ?? null,
      rotation,
      limit,
    ]);
  }

  private async count(from: string, values: readonly unknown[]): Promise<number> {
    return (await this.database.query<{ n: number }>(`select count(*)::int as n ${from}`, values))[0]?.n ?? 0;
  }
}
