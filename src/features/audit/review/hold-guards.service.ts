import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { AuditLogService } from '../log/audit-log.service';
import { ShredGuards } from '../keys/shredder';
import type { ShredScope } from '../keys/shred-scope';
import { Holds } from './holds.service';
import { firstDay } from './retention-dates';

const PATIENCE_MS = 60_000;

/** What every erasure listens to, whoever orders it. */
@Injectable()
export class HoldGuards extends ShredGuards {
  constructor(
    private readonly standing: Holds,
    private readonly log: AuditLogService,
    private readonly config: Config,
  ) {
    super();
  }

  override holds({ tenant, subject, month }: ShredScope): Promise<readonly string[]> {
    return this.standing.against({
      ...(tenant !== undefined && { tenant }),
      ...(subject !== undefined && { subject }),
      ...(month !== undefined && { month: firstDay(month) }),
    });
  }

  override covered(index: number): Promise<void> {
    return this.log.proofs.covered(index, PATIENCE_MS, this.config.audit.requireWitness);
  }
}
