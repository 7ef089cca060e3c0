import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Picos } from '../../../contract/money';

/** What happened to calls, to be added to what is known. */
export interface ImpactShare {
  failed: number;
  helped: number;
  tries: number;
  unpriced: number;
  cost: Picos;
  readonly tenants: Map<string, { failed: number; helped: number }>;
}

const MOST_TENANTS = 1_000;
const ADD = `
  update incidents set failed = failed + $2, helped = helped + $3, tries = tries + $4, unpriced = unpriced + $5,
    cost_picos = cost_picos + $6 where id = $1`;
const ADD_TENANTS = `
  with shares as (
    select d.*, exists (select from incident_tenants o where o.incident_id = $1 and o.tenant_id = d.tenant_id) as known
    from unnest($2::uuid[], $3::bigint[], $4::bigint[]) as d (tenant_id, failed, helped)),
  counted as (
    select *, count(*) filter (where not known) over (order by tenant_id)
      + (select count(*) from incident_tenants where incident_id = $1) as place from shares)
  insert into incident_tenants as t (incident_id, tenant_id, failed, helped)
  select $1, tenant_id, failed, helped from counted where known or place <= ${MOST_TENANTS}
  on conflict (incident_id, tenant_id) do update set failed = t.failed + excluded.failed, helped = t.helped + excluded.helped`;

export interface OpenSubject {
  readonly id: string;
  readonly subject: string;
  readonly beganAt: Date;
}

/** What incidents did to calls. */
@Injectable()
export class Impacts {
  constructor(private readonly database: DataSource) {}

  /** Of which calls are counted. */
  open(): Promise<OpenSubject[]> {
    return this.database.query(
      `select id, subject, began_at as "beganAt" from incidents where resolved_at is null order by id limit 1000`,
    );
  }

  async add(id: string, { failed, helped, tries, unpriced, cost, tenants }: ImpactShare): Promise<void> {
    const ids = [...tenants.keys()].sort();
    await this.database.transaction(async (db) => {
      await db.query(ADD, [id, failed, helped, tries, unpriced, cost.toString()]);
      const counts = ids.map((tenant) => tenants.get(tenant) ?? { failed: 0, helped: 0 });
      if (ids.length)
        await db.query(ADD_TENANTS, [id, ids, counts.map((one) => one.failed), counts.map((one) => one.helped)]);
    });
  }
}
