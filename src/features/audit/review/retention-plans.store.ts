import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstDay, type Month } from './retention-dates';
import type { Archive, RetentionPlan, Seal } from './retention-plan';

interface Row {
  id: string;
  month: string;
  planned_by: string;
  planned_at: Date;
  plan_entry: string;
  approved_by: string | null;
  approved_at: Date | null;
  seal: Seal | null;
  seal_entry: string | null;
  archive_wanted: boolean;
  archive: Archive | null;
  drop_entry: string | null;
  drop_index: string | null;
  dropped_at: Date | null;
}

const COLUMNS = `id, to_char(month, 'YYYY-MM') as month, planned_by, planned_at, plan_entry, approved_by, approved_at, seal,
  seal_entry, archive_wanted, archive, drop_entry, drop_index, dropped_at`;

/** Serialises the work on plans among all processes; the number is arbitrary but must never change. */
const RETENTION_LOCK = 7_143_010;

/** The table `audit_retention_plans`. */
@Injectable()
export class RetentionPlansStore {
  constructor(private readonly database: DataSource) {}

  /** @returns undefined when there is a plan for the month */
  async plan(id: string, month: Month, by: string, entry: string): Promise<RetentionPlan | undefined> {
    return this.one(
      `insert into audit_retention_plans (id, month, planned_by, plan_entry) values ($1, $2, $3, $4)
       on conflict (month) do nothing returning ${COLUMNS}`,
      [id, firstDay(month), by, entry],
    );
  }

  find(id: string): Promise<RetentionPlan | undefined> {
    return this.one(`select ${COLUMNS} from audit_retention_plans where id = $1`, [id]);
  }

  findMonth(month: Month): Promise<RetentionPlan | undefined> {
    return this.one(`select ${COLUMNS} from audit_retention_plans where month = $1`, [firstDay(month)]);
  }

  async all(): Promise<RetentionPlan[]> {
    const rows = await this.database.query<Row[]>(`select ${COLUMNS} from audit_retention_plans order by month`);
    return rows.map(planOf);
  }

  async approve(id: string, by: string, archive: boolean): Promise<void> {
    await this.database.query(
      `update audit_retention_plans set approved_by = $2, approved_at = now(), archive_wanted = $3
       where id = $1 and approved_by is null`,
      [id, by, archive],
    );
  }

  async sealed(id: string, seal: Seal, entry: string): Promise<void> {
    await this.database.query('update audit_retention_plans set seal = $2, seal_entry = $3 where id = $1', [
      id,
      JSON.stringify(seal),
      entry,
    ]);
  }

  async archived(id: string, archive: Archive): Promise<void> {
    await this.database.query('update audit_retention_plans set archive = $2 where id = $1', [
      id,
      JSON.stringify(archive),
    ]);
  }

  async dropping(id: string, entry: string, index: number): Promise<void> {
    await this.database.query('update audit_retention_plans set drop_entry = $2, drop_index = $3 where id = $1', [
      id,
      entry,
      index,
    ]);
  }

  async dropped(id: string): Promise<void> {
    await this.database.query('update audit_retention_plans set dropped_at = now() where id = $1', [id]);
  }

  /** Only one process at a time carries plans out. @returns undefined when another one is at it */
  async alone<T>(work: () => Promise<T>): Promise<T | undefined> {
    const session = this.database.createQueryRunner();
    try {
      const [{ got }] = (await session.query('select pg_try_advisory_lock($1) as got', [RETENTION_LOCK])) as [
        { got: boolean },
      ];
      if (!got) return undefined;
      try {
        return await work();
      } finally {
        await session.query('select pg_advisory_unlock($1)', [RETENTION_LOCK]).catch(() => undefined);
      }
    } finally {
      await session.release();
    }
  }

  private async one(sql: string, values: unknown[]): Promise<RetentionPlan | undefined> {
    const [row] = await this.database.query<Row[]>(sql, values);
    return row && planOf(row);
  }
}

function planOf(row: Row): RetentionPlan {
  return {
    id: row.id,
    month: row.month,
    plannedBy: row.planned_by,
    plannedAt: row.planned_at,
    planEntry: row.plan_entry,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
    seal: row.seal,
    sealEntry: row.seal_entry,
    archive: row.archive,
    archiveWanted: row.archive_wanted,
    dropEntry: row.drop_entry,
    dropIndex: row.drop_index === null ? null : Number(row.drop_index),
    droppedAt: row.dropped_at,
  };
}
