import { GatewayError } from '../../../contract/errors';
import type { KeyDatabase } from './key-database.store';
import type { Month } from './months';

/** `kek`: what wraps tenant keys; `tenant`: what wraps data keys; `data`: what new entries are encrypted with. */
export type RotationLevel = 'kek' | 'tenant' | 'data';

/** Members that are missing mean all; of data keys, all that new entries may still use. */
export interface RotationScope {
  readonly tenant?: string;
  readonly month?: Month;
  readonly subject?: string;
}

export interface RotationProgress {
  readonly id: string;
  readonly level: RotationLevel;
  readonly tenant: string | null;
  readonly month: Month | null;
  readonly subject: string | null;
  readonly startedAt: Date;
  /** How many keys there were to renew when it began. */
  readonly total: number | null;
  readonly renewed: number;
  /** How many could not be renewed; null until it is over. */
  readonly leftOver: number | null;
  readonly finishedAt: Date | null;
}

const LEASE = `interval '1 minute'`;
const COLUMNS = `id::text, level, tenant, month, subject, started_at as "startedAt", total::int, renewed::int,
  left_over::int as "leftOver", finished_at as "finishedAt"`;

/** What is being rotated, and how far it is. A rotation whose process died is taken up by the next that asks for the same. */
export class Rotations {
  constructor(private readonly database: KeyDatabase) {}

  /** @throws GatewayError `conflict` while another process is at it */
  async begin(level: RotationLevel, { tenant, month, subject }: RotationScope): Promise<RotationProgress> {
    const [row] = await this.database.query<RotationProgress>(
      `insert into audit_keys.rotations as r (level, tenant, month, subject, leased_until)
       values ($1, $2, $3, $4, clock_timestamp() + ${LEASE})
       on conflict (level, coalesce(tenant, '*'), coalesce(month, '*'), coalesce(subject, '*')) where finished_at is null
       do update set leased_until = excluded.leased_until where r.leased_until <= clock_timestamp()
       returning ${COLUMNS}`,
      [level, tenant ?? null, month ?? null, subject ?? null],
    );
    if (!row) throw new GatewayError('conflict', 'These keys are being rotated already');
    return row;
  }

  /** Adds to the count, and keeps others away for another minute. */
  async renewed(id: string, more: number): Promise<void> {
    await this.database.query(
      `update audit_keys.rotations set renewed = renewed + $2, leased_until = clock_timestamp() + ${LEASE} where id = $1`,
      [id, more],
    );
  }

  async expect(id: string, total: number): Promise<void> {
    await this.database.query('update audit_keys.rotations set total = coalesce(total, $2) where id = $1', [id, total]);
  }

  async finish(id: string, leftOver: number): Promise<RotationProgress> {
    const [row] = await this.database.query<RotationProgress>(
      `update audit_keys.rotations set finished_at = clock_timestamp(), left_over = $2 where id = $1 returning ${COLUMNS}`,
      [id, leftOver],
    );
    return row as RotationProgress;
  }

  async release(id: string): Promise<void> {
    await this.database.query('update audit_keys.rotations set leased_until = clock_timestamp() where id = $1', [id]);
  }

  /** The newest first. */
  list(limit = 100): Promise<RotationProgress[]> {
    return this.database.query<RotationProgress>(
      `select ${COLUMNS} from audit_keys.rotations r order by r.id desc limit $1`,
      [limit],
    );
  }
}
