import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HoldUpkeep } from './hold-upkeep.store';
import { OrphanedCalls } from './orphaned-calls';
import { SpendCatchUp } from './spend-catch-up';
import { StoredHolds } from './stored-holds.store';

const BEATS_PER_LEASE = 3;

/** Keeps this process among the living, and clears away what others left behind. */
@Injectable()
export class Holder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Budgets');
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> | undefined;
  private failing = false;

  constructor(
    private readonly holds: StoredHolds,
    private readonly upkeep: HoldUpkeep,
    private readonly spend: SpendCatchUp,
    private readonly orphans: OrphanedCalls,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.beat(), this.holds.leaseMs / BEATS_PER_LEASE).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.turn;
    await this.holds.close();
  }

  /** Frees what nobody will settle. What the log knows of those calls is in the ledger before. @returns how many holds */
  async clear(): Promise<number> {
    const moment = await this.upkeep.dead();
    if (!moment) return 0;
    await this.spend.catchUp();
    const calls = await this.upkeep.free(moment);
    if (calls.length) await this.orphans.book(calls);
    return calls.length;
  }

  private beat(): void {
    const beat = this.holds.beat();
    this.turn ??= beat
      .then(() => this.clear())
      .then(() => {
        this.failing = false;
      })
      .catch((error: Error) => {
        if (!this.failing) this.log.warn({ err: error }, 'what is held for calls could not be kept up');
        this.failing = true;
      })
      .finally(() => {
        this.turn = undefined;
      });
    beat.catch(() => undefined);
  }
}
