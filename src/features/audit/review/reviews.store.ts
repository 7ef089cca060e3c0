import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../../platform/config/config';
import type { AskedWords } from './approval';
import type { ListRequest } from './page-request';
import { SealedWords } from './sealed-words';

/** The look back that every break-glass owes. */
export interface AfterReview {
  readonly id: string;
  readonly tenant: string;
  /** What was revealed. */
  readonly entry: string;
  readonly openedBy: string;
  readonly openedAt: Date;
  readonly breakGlassEntry: string;
  readonly words: AskedWords;
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
  readonly finding: string | null;
}

interface Row {
  id: string;
  tenant_id: string;
  entry_id: string;
  opened_by: string;
  opened_at: Date;
  break_glass_entry: string;
  words: Buffer;
  closed_by: string | null;
  closed_at: Date | null;
  finding: Buffer | null;
}

/** The table `audit_reviews`. */
@Injectable()
export class ReviewsStore {
  private readonly words: SealedWords;

  constructor(
    private readonly database: DataSource,
    { masterKey }: Config,
  ) {
    this.words = new SealedWords(masterKey);
  }

  async open(
    id: string,
    tenant: string,
    by: string,
    { entry, breakGlassEntry, words }: Pick<AfterReview, 'entry' | 'breakGlassEntry' | 'words'>,
  ): Promise<void> {
    await this.database.query(
      `insert into audit_reviews (id, tenant_id, entry_id, opened_by, break_glass_entry, words)
       values ($1, $2, $3, $4, $5, $6)`,
      [id, tenant, entry, by, breakGlassEntry, this.words.seal(id, words)],
    );
  }

  async list(tenant: string | undefined, { limit, cursor }: ListRequest, open: boolean): Promise<AfterReview[]> {
    const rows = await this.database.query<Row[]>(
      `select * from audit_reviews where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id < $2)
         and (not $4 or closed_at is null) order by id desc limit $3`,
      [tenant ?? null, cursor ?? null, limit + 1, open],
    );
    return rows.map((row) => this.review(row));
  }

  /** Nobody else closes it while `work` does. */
  async locked<T>(
    id: string,
    tenant: string | undefined,
    work: (review: AfterReview, db: EntityManager) => Promise<T>,
  ): Promise<T | undefined> {
    return this.database.transaction(async (db) => {
      const rows = await db.query<Row[]>(
        'select * from audit_reviews where id = $1 and ($2::uuid is null or tenant_id = $2) for update',
        [id, tenant ?? null],
      );
      return rows[0] && work(this.review(rows[0]), db);
    });
  }

  async close(db: EntityManager, { id }: AfterReview, by: string, finding: string): Promise<AfterReview> {
    const [rows] = await db.query<[Row[]]>(
      'update audit_reviews set closed_by = $2, closed_at = now(), finding = $3 where id = $1 returning *',
      [id, by, this.words.seal(id, { finding })],
    );
    return this.review(rows[0] as Row);
  }

  private review(row: Row): AfterReview {
    return {
      id: row.id,
      tenant: row.tenant_id,
      entry: row.entry_id,
      openedBy: row.opened_by,
      openedAt: row.opened_at,
      breakGlassEntry: row.break_glass_entry,
      words: this.words.open<AskedWords>(row.id, row.words),
      closedBy: row.closed_by,
      closedAt: row.closed_at,
      finding: row.finding && this.words.open<{ finding: string }>(row.id, row.finding).finding,
    };
  }
}
