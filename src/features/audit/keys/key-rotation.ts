import type { AuditLog } from '../audit-log';
import { ALWAYS, Months } from './months';
import { renewDataKeys } from './renew-data-keys';
import { renewTenantKeys } from './renew-tenant-keys';
import { renewWrapping } from './renew-wrapping';
import { RotationRows } from './rotation-rows.store';
import type { RotationKeys, RotationWork } from './rotation-work';
import { type RotationLevel, type RotationProgress, Rotations, type RotationScope } from './rotations.store';

/** Renews keys while everybody writes and reads. Nothing in the log changes; what was readable stays so. */
export class KeyRotation {
  private readonly rotations: Rotations;
  private readonly rows: RotationRows;

  constructor(
    private readonly keys: RotationKeys,
    private readonly log: AuditLog,
    private readonly clock: () => number = Date.now,
  ) {
    this.rotations = new Rotations(keys.database);
    this.rows = new RotationRows(keys.database);
  }

  /**
   * Resolves when it is over; may take minutes. When its process dies, the next call for the same goes on with it.
   * @throws GatewayError `conflict` while another process is at it, `audit_unavailable`
   */
  async rotate(level: RotationLevel, scope: RotationScope = {}): Promise<RotationProgress> {
    const { id } = await this.rotations.begin(level, scope);
    try {
      await this.record(level, scope, 'begun', { rotation: id });
      const leftOver = await this.renew(level, {
        keys: this.keys,
        rows: this.rows,
        scope,
        id,
        expect: (total) => this.rotations.expect(id, total),
        renewed: (more) => this.rotations.renewed(id, more),
      });
      const progress = await this.rotations.finish(id, leftOver);
      const outcome = leftOver ? 'incomplete' : 'done';
      await this.record(level, scope, outcome, { rotation: id, renewed: progress.renewed, left_over: leftOver });
      return progress;
    } catch (error) {
      await this.rotations.release(id).catch(() => undefined);
      throw error;
    }
  }

  /** All rotations, the newest first. */
  progress(limit?: number): Promise<RotationProgress[]> {
    return this.rotations.list(limit);
  }

  private renew(level: RotationLevel, work: RotationWork): Promise<number> {
    switch (level) {
      case 'kek':
        return renewWrapping(work);
      case 'tenant':
        return renewTenantKeys(work);
      case 'data': {
        const { month, subject } = work.scope;
        const usual = [new Months().of(this.clock()), ...(subject === undefined ? [ALWAYS] : [])];
        return renewDataKeys(work, month === undefined ? usual : [month]);
      }
    }
  }

  private async record(
    level: RotationLevel,
    { tenant, month, subject }: RotationScope,
    outcome: string,
    counts: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    await this.log.append({
      facts: {
        event: 'key.rotate',
        ...(tenant && { tenant }),
        ...(subject && { user_id: subject }),
        outcome,
        metadata: { level, ...(month && { month }), ...(level === 'kek' && { to: this.keys.keks.use.id }), ...counts },
      },
    });
  }
}
