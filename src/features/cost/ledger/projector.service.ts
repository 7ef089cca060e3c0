import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { GatewayError } from '../../../contract/errors';
import { PriceBook } from '../prices/price-book';
import { CallSource } from './call-source';
import { Ledger } from './ledger.store';
import { CoalescedRun } from './coalesced-run';
import { stretches } from './stretches';

const TICK_MS = 1_000;
/** A reader waits no longer for the ledger to reach the end of the log. */
const PATIENCE_MS = 10_000;

/** Brings what the log says of calls into the ledger: all the time, and at once for whoever is about to read it. */
@Injectable()
export class Projector implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Ledger');
  private readonly catching = new CoalescedRun(() => this.advance(true));
  private ticking: NodeJS.Timeout | undefined;
  private turn: Promise<void> | undefined;
  private failing = false;
  private stopped = false;

  constructor(
    private readonly ledger: Ledger,
    private readonly source: CallSource,
    private readonly prices: PriceBook,
  ) {}

  onApplicationBootstrap(): void {
    this.ticking = setInterval(() => this.tick(), TICK_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.ticking);
    await this.turn;
    if (this.catching.busy) await this.catching.run().catch(() => undefined);
  }

  /**
   * Resolves when everything that was durable in the log when it was called is in the ledger.
   * @throws GatewayError `storage_unavailable` when that takes too long: a ledger that is made anew goes on being made
   */
  async catchUp(): Promise<void> {
    const caught = this.catching.run();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((done) => {
      timer = setTimeout(() => done('late'), PATIENCE_MS);
    });
    try {
      if ((await Promise.race([caught, late])) !== 'late') return;
    } finally {
      clearTimeout(timer);
    }
    caught.catch(() => undefined);
    throw new GatewayError('storage_unavailable', 'The ledger is behind the log and is catching up', {
      retryAfter: 5,
    });
  }

  /** Where somebody waits already, or another process is at it, there is nothing to do. */
  private tick(): void {
    if (this.turn || this.catching.busy) return;
    this.turn = this.advance(false)
      .then(() => {
        this.failing = false;
      })
      .catch((error: Error) => {
        if (!this.failing) this.log.warn({ err: error }, 'the ledger could not be brought up to date');
        this.failing = true;
      })
      .finally(() => {
        this.turn = undefined;
      });
  }

  private async advance(wait: boolean): Promise<void> {
    const size = await this.source.size();
    for (let cursor = await this.ledger.cursor(); cursor < size && !this.stopped;) {
      const reached = await this.read(cursor, size, wait);
      if (reached === undefined) return;
      cursor = reached;
    }
  }

  /** @returns how far the ledger is when the end was reached, or when somebody else was ahead; undefined when one writes */
  private async read(from: number, to: number, wait: boolean): Promise<number | undefined> {
    let cursor = from;
    for await (const stretch of stretches(this.source, this.prices, from, to)) {
      const reached = await this.ledger.project(stretch, wait);
      if (reached === undefined) return undefined;
      cursor = reached;
      if (reached !== stretch.next || this.stopped) break;
    }
    return cursor;
  }
}
