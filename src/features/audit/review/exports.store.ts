import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ListRequest } from './page-request';

export interface ExportRecord {
  readonly id: string;
  readonly tenant: string | null;
  readonly actor: string;
  readonly format: string;
  readonly startedAt: Date;
  readonly entries: number;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly endedAt: Date | null;
  readonly error: string | null;
  /** Nothing was heard of it for a while: its process is gone. */
  readonly silent: boolean;
}

interface Row {
  id: string;
  tenant_id: string | null;
  actor: string;
  format: string;
  started_at: Date;
  entries: string;
  bytes: string;
  sha256: string | null;
  ended_at: Date | null;
  error: string | null;
  silent: boolean;
}

const SILENT = `ended_at is null and heard_at < now() - interval '1 minute' as silent`;

/** The table `audit_exports`: how far each file is. */
@Injectable()
export class ExportsStore {
  constructor(private readonly database: DataSource) {}

  async begin(id: string, tenant: string | undefined, actor: string, format: string): Promise<void> {
    await this.database.query('insert into audit_exports (id, tenant_id, actor, format) values ($1, $2, $3, $4)', [
      id,
      tenant ?? null,
      actor,
      format,
    ]);
  }

  async progress(id: string, entries: number, bytes: number): Promise<void> {
    await this.database.query(
      'update audit_exports set entries = $2, bytes = $3, heard_at = now() where id = $1 and ended_at is null',
      [id, entries, bytes],
    );
  }

  async end(id: string, entries: number, bytes: number, result: { sha256: string } | { error: string }): Promise<void> {
    await this.database.query(
      `update audit_exports set entries = $2, bytes = $3, sha256 = $4, error = $5, ended_at = now() where id = $1`,
      [id, entries, bytes, 'sha256' in result ? result.sha256 : null, 'error' in result ? result.error : null],
    );
  }

  async list(tenant: string | undefined, { limit, cursor }: ListRequest): Promise<ExportRecord[]> {
    const rows = await this.database.query<Row[]>(
      `select *, ${SILENT} from audit_exports where ($1::uuid is null or tenant_id = $1)
         and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [tenant ?? null, cursor ?? null, limit + 1],
    );
    return rows.map(recordOf);
  }

  async find(id: string, tenant: string | undefined): Promise<ExportRecord | undefined> {
    const rows = await this.database.query<Row[]>(
      `select *, ${SILENT} from audit_exports where id = $1 and ($2::uuid is null or tenant_id = $2)`,
      [id, tenant ?? null],
    );
    return rows[0] && recordOf(rows[0]);
  }
}

function recordOf(row: Row): ExportRecord {
  return {
    id: row.id,
    tenant: row.tenant_id,
    actor: row.actor,
    format: row.format,
    startedAt: row.started_at,
    entries: Number(row.entries),
    bytes: Number(row.bytes),
    sha256: row.sha256,
    endedAt: row.ended_at,
    error: row.error,
    silent: row.silent,
  };
}
