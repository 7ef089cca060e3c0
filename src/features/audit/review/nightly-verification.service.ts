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
  /** Started in the afternoon, nobody waits for that night's run; one that was cut short is taken up all the same. */
  private readonly startedAfter: string | undefined;
  /** The last day of whose run nothing is left. */
  private last = '';
  private isAtIt = false;

  constructor(
    { audit }: Config,

    private readonly auditLog: AuditLogService,
    private readonly verifications: Verifications,
  ) {
    this.at = audit.verifyAt ?? USUAL;
    const now = new Date();
    if (timeOf(now) >= this.at) this.startedAfter = dayOf(now);
  }

  onApplicationBootstrap(): void {
    this.looking = setInterval(() => this.look(new Date()), LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.looking);
  }

  private look(now: Date): void {
    const day = dayOf(now);
    if (this.isAtIt || day === this.last || timeOf(now) < this.at || !this.auditLog.leads) return;
    this.isAtIt = true;
    this.verifications
      .nightly(day, day !== this.startedAfter)
      .then((isOver) => {
        if (isOver) this.last = day;
      })
      .catch((error: Error) => this.log.error({ err: error }, 'the log is not verified yet tonight'))
      .finally(() => (this.isAtIt = false));
  }
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
const timeOf = (date: Date): string => date.toISOString().slice(11, 16);
