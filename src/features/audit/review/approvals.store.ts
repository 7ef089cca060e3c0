import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../../platform/config/config';
import type { Approval, ApprovalKind, Ask, AskedWords } from './approval';
import type { ListRequest } from './page-request';
import { SealedWords } from './sealed-words';

interface Row {
  id: string;
  tenant_id: string;
  kind: ApprovalKind;
  targets: string[];
  words: Buffer;
  asked_by: string;
  asked_at: Date;
  expires_at: Date;
  decision: 'approved' | 'denied' | null;
  decided_by: string | null;
  decided_at: Date | null;
  used_at: Date | null;
}

/** The table `audit_approvals`. */
@Injectable()
export class ApprovalsStore {
  private readonly words: SealedWords;

  constructor(
    private readonly database: DataSource,
    { masterKey }: Config,
  ) {
    this.words = new SealedWords(masterKey);
  }

  async insert(id: string, askedBy: string, { kind, tenant, targets, words }: Ask, hours: number): Promise<Approval> {
    const rows = await this.database.query<Row[]>(
      `insert into audit_approvals (id, tenant_id, kind, targets, words, asked_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, now() + make_interval(hours => $7)) returning *`,
      [id, tenant, kind, targets, this.words.seal(id, words), askedBy, hours],
    );
    return this.approval(rows[0] as Row);
  }

  /** Of one who asks: what is undecided, or agreed to and still good, and covers every target. */
  async standing(askedBy: string, kind: ApprovalKind, targets: readonly string[]): Promise<Approval[]> {
    const rows = await this.database.query<Row[]>(
      `select * from audit_approvals where asked_by = $1 and kind = $2 and targets @> $3::text[] and expires_at > now()
         and used_at is null and decision is distinct from 'denied' order by decision nulls last, id desc`,
      [askedBy, kind, targets],
    );
    return rows.map((row) => this.approval(row));
  }

  async list(tenant: string | undefined, { limit, cursor }: ListRequest, open: boolean): Promise<Approval[]> {
    const rows = await this.database.query<Row[]>(
      `select * from audit_approvals where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id < $2)
         and (not $4 or (decision is null and expires_at > now())) order by id desc limit $3`,
      [tenant ?? null, cursor ?? null, limit + 1, open],
    );
    return rows.map((row) => this.approval(row));
  }

  /** Nobody else decides while `work` does; what it writes stands when it returns, and not when it throws. */
  async locked<T>(
    id: string,
    tenant: string | undefined,
    work: (approval: Approval, db: EntityManager) => Promise<T>,
  ): Promise<T | undefined> {
    return this.database.transaction(async (db) => {
      const rows = await db.query<Row[]>(
        'select * from audit_approvals where id = $1 and ($2::uuid is null or tenant_id = $2) for update',
        [id, tenant ?? null],
      );
      return rows[0] && work(this.approval(rows[0]), db);
    });
  }

  async decide(
    db: EntityManager,
    { id }: Approval,
    decision: 'approved' | 'denied',
    by: string,
    hours: number,
  ): Promise<Approval> {
    const [rows] = await db.query<[Row[]]>(
      `update audit_approvals set decision = $2, decided_by = $3, decided_at = now(),
         expires_at = now() + make_interval(hours => $4) where id = $1 returning *`,
      [id, decision, by, hours],
    );
    return this.approval(rows[0] as Row);
  }

  /** @returns false when it was used before, or ran out meanwhile */
  async use(id: string): Promise<boolean> {
    const [, count] = await this.database.query<[unknown, number]>(
      `update audit_approvals set used_at = now()
       where id = $1 and used_at is null and decision = 'approved' and expires_at > now()`,
      [id],
    );
    return count === 1;
  }

  private approval(row: Row): Approval {
    return {
      id: row.id,
      kind: row.kind,
      tenant: row.tenant_id,
      targets: row.targets,
      words: this.words.open<AskedWords>(row.id, row.words),
      askedBy: row.asked_by,
      askedAt: row.asked_at,
      expiresAt: row.expires_at,
      decision: row.decision,
      decidedBy: row.decided_by,
      decidedAt: row.decided_at,
      usedAt: row.used_at,
    };
  }
}
