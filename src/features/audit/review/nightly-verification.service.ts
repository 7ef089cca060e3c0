import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { AuditLogService } from '../log/audit-log.service';
import { Verifications } from './verifications.service';

const LOOK_MS = 30_000;
const USUAL = '03:00';

/** Verifies the log once a day, in the process that makes the checkpoints. */
@Injectable()
export class NightlyVerification implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Verification');
  private readonly at: string;
  private looking: NodeJS.Timeout | undefined;
  /** Started in the afternoon, nobody waits for that night's run. */
  private last = dayOf(new Date());

  constructor(
    { audit }: Config,

    private readonly auditLog: AuditLogService,
    private readonly verifications: Verifications,
  ) {
    this.at = audit.verifyAt ?? USUAL;
    if (timeOf(new Date()) < this.at) this.last = '';
  }

  onApplicationBootstrap(): void {
    this.looking = setInterval(() => this.look(new Date()), LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.looking);
  }

  private look(now: Date): void {
    const day = dayOf(now);
    if (day === this.last || timeOf(now) < this.at || !this.auditLog.leads) return;
    this.last = day;
    this.verifications
      .nightly(day)
      .catch((error: Error) => this.log.error({ err: error }, 'the log could not be verified tonight'));
  }
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
const timeOf = (date: Date): string => date.toISOString().slice(11, 16);
