import type { LeaderDuties } from '../duties/leader-duties';
import type { Troubles } from '../troubles';
import type { Distribution } from './distribution';
import { ForkError } from './fork-error';
import type { HeadWatch, Seen } from './head-watch';
import type { Leader } from './leader.store';
import type { RecentBatches } from './recent-batches';
import type { WatchResults } from './watch-results';

/** Another process that led is replaced within this time of its connection's end. */
const TAKE_OVER_MS = 500;
/** Entries of this process that are not let wait. */
const AT_ONCE = 1_000;
const WITNESS_PATIENCE_MS = 10_000;
const PARTITIONS_MS = 3_600_000;

export interface CheckpointLoopParts {
  readonly leader: Leader;
  readonly watch: HeadWatch;
  readonly distribution: Distribution;
  readonly duties: LeaderDuties;
  readonly recent: RecentBatches;
  readonly troubles: Troubles;
  readonly results: WatchResults;
  readonly everyMs: number;
  readonly maxAgeMs: number;
  readonly requireWitness: boolean;
  readonly onSeen: (seen: Seen) => void;
  readonly onAge: (ms: number) => void;
}

/** Signs checkpoints when this process leads, and looks at each one whoever signed it, for as long as the process lives. */
export class CheckpointLoop {
  private running: Promise<void> | undefined;
  private closing = false;
  private waiting = 0;
  private wake: () => void = () => undefined;
  private partitionsAt = 0;
  private housekeeping: Promise<void> | undefined;

  constructor(private readonly parts: CheckpointLoopParts) {}

  /** This process signs. */
  get leads(): boolean {
    return this.parts.leader.leads;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** So many entries of this process were written. */
  written(n: number): void {
    this.waiting += n;
    if (this.waiting >= AT_ONCE) this.nudge();
  }

  /** Somebody waits for the next checkpoint. */
  nudge(): void {
    this.wake();
  }

  /**
   * Then another process may lead.
   * @param last once more before that, so that what was written last is signed too
   */
  async close(last = true): Promise<void> {
    this.closing = true;
    this.wake();
    await this.running;
    await this.housekeeping;
    if (last && this.parts.troubles.stopped === undefined) await this.turn();
    await this.parts.distribution.settled();
    await this.parts.leader.release();
  }

  private async run(): Promise<void> {
    while (!this.closing && this.parts.troubles.stopped === undefined) {
      this.waiting = 0;
      const leads = await this.turn();
      if (!leads.more && !this.closing)
        await this.pause(leads.leads ? this.parts.everyMs : Math.min(this.parts.everyMs, TAKE_OVER_MS));
    }
    if (this.parts.troubles.stopped !== undefined) await this.parts.leader.release();
  }

  private async turn(): Promise<{ readonly leads: boolean; readonly more: boolean }> {
    const { leader, watch, distribution, troubles, results, duties } = this.parts;
    let [leads, more] = [false, false];
    try {
      const round = await leader.turn();
      if (round) {
        [leads, more] = [true, round.more];
        if (round.head) distribution.offer(round.head);
        else distribution.again();
        this.keepHouse();
      }
      const seen = await watch.look();
      if (seen) this.parts.onSeen(seen);
      results.report('checkpoints');
    } catch (error) {
      if (error instanceof ForkError) troubles.stop(error.message);
      else duties.wasDeaf();
      results.report('checkpoints', error as Error);
    }
    this.judgeAge();
    return { leads, more };
  }

  /** Does not keep checkpoints waiting. Nothing is begun by the last turn: nobody would wait for it before the database goes. */
  private keepHouse(): void {
    if (this.closing) return;
    this.housekeeping ??= this.doHousework()
      .then(
        () => this.parts.results.report('housekeeping'),
        (error: Error) => this.parts.results.report('housekeeping', error),
      )
      .finally(() => (this.housekeeping = undefined));
  }

  private async doHousework(): Promise<void> {
    if (performance.now() >= this.partitionsAt) {
      await this.parts.leader.publisher?.ensurePartitions();
      this.partitionsAt = performance.now() + PARTITIONS_MS;
    }
    await this.parts.duties.turn();
  }

  private judgeAge(): void {
    const { recent, troubles, maxAgeMs, requireWitness, watch } = this.parts;
    const age = recent.age();
    this.parts.onAge(age);
    troubles.report(
      'checkpoints',
      age > maxAgeMs ? `no checkpoint has covered the entries of the last ${Math.round(age / 1_000)} s` : undefined,
    );
    const unwitnessed = requireWitness && age > WITNESS_PATIENCE_MS && !watch.newest?.witnesses.length;
    troubles.report('witnesses', unwitnessed ? 'no witness signs the checkpoints' : undefined);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
