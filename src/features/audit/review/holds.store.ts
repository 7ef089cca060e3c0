import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../../platform/config/config';
import type { Hold, HoldScope, HoldWords } from './hold';
import type { ListRequest } from './page-request';
import { SealedWords } from './sealed-words';

interface Row {
  id: string;
  tenant_id: string | null;
  subject: string | null;
  request_ids: string[] | null;
  from_time: Date | null;
  to_time: Date | null;
  words: Buffer;
  placed_by: string;
  placed_at: Date;
  entry_id: string | null;
  released_by: string | null;
  released_at: Date | null;
}

/** The table `audit_holds`. */
@Injectable()
export class HoldsStore {
  private readonly words: SealedWords;

  constructor(
    private readonly database: DataSource,
    { masterKey }: Config,
  ) {
    this.words = new SealedWords(masterKey);
  }

  /** Stands from now on. */
  async place(id: string, by: string, scope: HoldScope, words: HoldWords): Promise<Hold> {
    const rows = await this.database.query<Row[]>(
      `insert into audit_holds (id, tenant_id, subject, request_ids, from_time, to_time, words, placed_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning *`,
      [
        id,
        scope.tenant ?? null,
        scope.subject ?? null,
        scope.requestIds ?? null,
        scope.from ?? null,
        scope.to ?? null,
        this.words.seal(id, words),
        by,
      ],
    );
    return this.hold(rows[0] as Row);
  }

  async note(id: string, entryId: string): Promise<void> {
    await this.database.query('update audit_holds set entry_id = $2 where id = $1', [id, entryId]);
  }

  /** @returns false when somebody was faster */
  async release(id: string, by: string): Promise<boolean> {
    const [, count] = await this.database.query<[unknown, number]>(
      'update audit_holds set released_by = $2, released_at = now() where id = $1 and released_at is null',
      [id, by],
    );
    return count === 1;
  }

  async find(id: string, tenant: string | undefined): Promise<Hold | undefined> {
    const rows = await this.database.query<Row[]>(
      'select * from audit_holds where id = $1 and ($2::uuid is null or tenant_id = $2)',
      [id, tenant ?? null],
    );
    return rows[0] && this.hold(rows[0]);
  }

  async standing(): Promise<Hold[]> {
    const rows = await this.database.query<Row[]>('select * from audit_holds where released_at is null order by id');
    return rows.map((row) => this.hold(row));
  }

  async list(tenant: string | undefined, { limit, cursor }: ListRequest, open: boolean): Promise<Hold[]> {
    const rows = await this.database.query<Row[]>(
      `select * from audit_holds where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id < $2)
         and (not $4 or released_at is null) order by id desc limit $3`,
      [tenant ?? null, cursor ?? null, limit + 1, open],
    );
    return rows.map((row) => this.hold(row));
  }

  private hold(row: Row): Hold {
    return {
      id: row.id,
      scope: {
        tenant: row.tenant_id ?? undefined,
        subject: row.subject ?? undefined,
        requestIds: row.request_ids ?? undefined,
        from: row.from_time ?? undefined,
        to: row.to_time ?? undefined,
      },
      words: this.words.open<HoldWords>(row.id, row.words),
      placedBy: row.placed_by,
      placedAt: row.placed_at,
      entryId: row.entry_id,
      releasedBy: row.released_by,
      releasedAt: row.released_at,
    };
  }
}
