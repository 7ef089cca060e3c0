import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { GuardChange } from '../../../platform/config/guards';
import type { StoredChange } from './guard-policies';

export interface PolicyVersion {
  readonly version: number;
  readonly change: GuardChange;
  readonly changedBy: string;
  readonly changedAt: Date;
}

interface Row {
  readonly tenant_id: string;
  readonly version: number;
  readonly policy: unknown;
  readonly changed_by: string;
  readonly changed_at: Date;
}

const NEWEST = `select distinct on (tenant_id) tenant_id, version, policy from guard_policies order by tenant_id, version desc`;
const SIGNPOST = `select count(*)::int as versions from guard_policies`;
const ADD = `
  insert into guard_policies (tenant_id, version, policy, changed_by)
  select $1, $2, $3, $4
  where $2 = 1 + coalesce((select max(version) from guard_policies where tenant_id = $1), 0)
  on conflict do nothing
  returning version`;
const VERSIONS = `
  select tenant_id, version, policy, changed_by, changed_at from guard_policies
  where tenant_id = $1 and version < $2 order by version desc limit $3`;

/** Every version of every tenant's policy; none is ever changed. */
@Injectable()
export class GuardPolicyVersions {
  constructor(private readonly database: DataSource) {}

  /** How many versions there are: grows with each change. */
  async count(): Promise<number> {
    const [row] = await this.database.query<{ versions: number }[]>(SIGNPOST);
    return row?.versions ?? 0;
  }

  /** By tenant's id. What another release wrote and this one does not understand is an error: it is not to be guessed. */
  async newest(): Promise<ReadonlyMap<string, StoredChange>> {
    const rows = await this.database.query<Row[]>(NEWEST);
    return new Map(
      rows.map(({ tenant_id: tenant, version, policy }) => [tenant, { version, change: GuardChange.parse(policy) }]),
    );
  }

  /** @returns false when another version was set in the meantime */
  async add(tenantId: string, version: number, change: GuardChange, changedBy: string): Promise<boolean> {
    const added = await this.database.query<object[]>(ADD, [tenantId, version, JSON.stringify(change), changedBy]);
    return added.length > 0;
  }

  /** Newest first. */
  async list(tenantId: string, before: number, limit: number): Promise<PolicyVersion[]> {
    const rows = await this.database.query<Row[]>(VERSIONS, [tenantId, before, limit]);
    return rows.map(({ version, policy, changed_by: changedBy, changed_at: changedAt }) => ({
      version,
      change: GuardChange.parse(policy),
      changedBy,
      changedAt,
    }));
  }
}
