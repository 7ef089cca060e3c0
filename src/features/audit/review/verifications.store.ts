import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ListRequest } from './page-request';

/** Something that the verifier found. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly index?: number;
}

export interface CheckResult {
  readonly problems: readonly Problem[];
  /** The first entry that is not as it should be, as far as that can be told. */
  readonly firstBad?: number | undefined;
}

export interface Verification extends CheckResult {
  readonly id: string;
  readonly startedBy: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly size: number;
  readonly checked: number;
  readonly ok: boolean | null;
  /** Nothing was heard of it for a while: its process is gone. */
  readonly silent: boolean;
}

interface Row {
  id: string;
  started_by: string | null;
  started_at: Date;
  ended_at: Date | null;
  size: string;
  checked: string;
  ok: boolean | null;
  result: CheckResult | null;
  silent: boolean;
}

const IS_SILENT = `ended_at is null and heard_at < now() - interval '1 minute'`;
const SILENT = `${IS_SILENT} as silent`;

/** The table `audit_verifications`. */
@Injectable()
export class VerificationsStore {
  constructor(private readonly database: DataSource) {}

  /**
   * @param day of a nightly run (`YYYY-MM-DD`): there is one
   * @returns false when that day's was begun already
   */
  async begin(id: string, by: string | undefined, size: number, day?: string): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `insert into audit_verifications (id, started_by, size, day) values ($1, $2, $3, $4)
       on conflict (day) do nothing returning id`,
      [id, by ?? null, size, day ?? null],
    );
    return rows.length === 1;
  }

  /** That day's run anew, when its process is gone. @returns its id */
  async takeUp(day: string, size: number): Promise<string | undefined> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `update audit_verifications set size = $2, checked = 0, started_at = now(), heard_at = now()
       where day = $1 and ${IS_SILENT} returning id`,
      [day, size],
    );
    return rows[0]?.id;
  }

  /** Whether that day's run has begun and not ended. */
  async isOpen(day: string): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      'select from audit_verifications where day = $1 and ended_at is null',
      [day],
    );
    return rows.length === 1;
  }

  async progress(id: string, checked: number): Promise<void> {
    await this.database.query(
      'update audit_verifications set checked = $2, heard_at = now() where id = $1 and ended_at is null',
      [id, checked],
    );
  }

  async end(id: string, checked: number, ok: boolean, result: CheckResult): Promise<void> {
    await this.database.query(
      'update audit_verifications set checked = $2, ok = $3, result = $4, ended_at = now() where id = $1',
      [id, checked, ok, JSON.stringify(result)],
    );
  }

  async find(id: string): Promise<Verification | undefined> {
    const rows = await this.database.query<Row[]>(`select *, ${SILENT} from audit_verifications where id = $1`, [id]);
    return rows[0] && verificationOf(rows[0]);
  }

  async list({ limit, cursor }: ListRequest): Promise<Verification[]> {
    const rows = await this.database.query<Row[]>(
      `select *, ${SILENT} from audit_verifications where ($1::uuid is null or id < $1) order by id desc limit $2`,
      [cursor ?? null, limit + 1],
    );
    return rows.map(verificationOf);
  }
}

function verificationOf(row: Row): Verification {
  return {
    id: row.id,
    startedBy: row.started_by,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    size: Number(row.size),
    checked: Number(row.checked),
    ok: row.ok,
    problems: row.result?.problems ?? [],
    firstBad: row.result?.firstBad,
    silent: row.silent,
  };
}
