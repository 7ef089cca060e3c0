import { Injectable } from '@nestjs/common';
import type { Picos } from '../../../contract/money';
import { PriceBook } from '../prices/price-book';
import { Ledger, type Period, type PeriodCursor } from './ledger.store';
import { repriced } from './price-call';

const TOGETHER = 2_000;
const STEP_MS = 8_000;

export interface Repriced {
  readonly examined: number;
  readonly changed: number;
  /** By how much spend, and what was saved, is more now. */
  readonly difference: Picos;
  readonly savedDifference: Picos;
  /** Where to go on; absent when the period is done. */
  readonly next?: PeriodCursor;
  readonly priceVersion: string;
}

/** History in today's prices: what was used is kept raw, and each call is priced as of its own time. */
@Injectable()
export class Repricing {
  constructor(
    private readonly ledger: Ledger,
    private readonly prices: PriceBook,
  ) {}

  /** A few seconds' work; sums are right after each batch. */
  async step(period: Period, after: PeriodCursor | undefined, stepMs = STEP_MS): Promise<Repriced> {
    const until = performance.now() + stepMs;
    let [examined, changed, difference, savedDifference] = [0, 0, 0n, 0n];
    let next = after;
    do {
      const batch = await this.ledger.renew(period, next, TOGETHER, (row) => repriced(row, this.prices));
      next = batch.next;
      examined += batch.examined;
      changed += batch.changes.length;
      for (const change of batch.changes) {
        difference += (change.after.cost ?? 0n) - (change.before?.cost ?? 0n);
        savedDifference += change.after.saved - (change.before?.saved ?? 0n);
      }
    } while (next && performance.now() < until);
    const { version: priceVersion } = this.prices;
    return { examined, changed, difference, savedDifference, ...(next && { next }), priceVersion };
  }
}
