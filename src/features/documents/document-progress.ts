import type { JobContext } from '../../contract/job';

const TICK_MS = 750;
/** Where opening the document ends: nobody knows yet how much there is to do. */
const OPENED = 1;
const OPENING_MS = 1_000;
/** Where reading the parts ends, and putting together begins. */
const MAPPED = 88;
const MERGED = 99;
/** How long a part is taken to last before one has ended. */
const FIRST_MS = 10_000;
/** No more of a part is believed to be done than this while it is under way. */
const MOST_BELIEVED = 0.9;

/** Tells how far a document is, more than once a second: what is done, and what the parts that are under way have likely done by their time. */
export class DocumentProgress {
  private stage: 'map' | 'merge' = 'map';
  private from = OPENED;
  private to = MAPPED;
  private all = 0;
  private done = 0;
  private readonly underWay = new Map<number, { readonly share: number; readonly since: number }>();
  private opened = 0;
  private ended = 0;
  private spentMs = 0;
  private readonly begunAt: number;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly context: Pick<JobContext, 'progress'>,
    private readonly clock = () => performance.now(),
  ) {
    this.begunAt = clock();
    this.timer = setInterval(() => this.tell(), TICK_MS);
  }

  /** @param all what the shares of the parts add up to */
  expect(all: number): void {
    this.all = all;
  }

  /** There is nothing to be done. */
  skip(share: number): void {
    this.done += share;
  }

  /** @returns ends the part */
  begin(share: number): () => void {
    const part = this.opened++;
    const since = this.clock();
    this.underWay.set(part, { share, since });
    return () => {
      if (!this.underWay.delete(part)) return;
      this.done += share;
      this.ended++;
      this.spentMs += this.clock() - since;
      this.tell();
    };
  }

  /** Putting together begins, or its next round: it takes what is left. */
  merge(all: number): void {
    this.from = this.stage === 'map' ? MAPPED : this.percent;
    this.to = MERGED;
    this.stage = 'merge';
    this.all = all;
    this.done = 0;
    this.underWay.clear();
    this.tell();
  }

  tell(): void {
    this.context.progress(this.percent, this.stage);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private get percent(): number {
    const { from, to } = this;
    const now = this.clock();
    if (!this.all) return thousandths(OPENED * likely(now - this.begunAt, OPENING_MS));
    const usualMs = Math.max(1, this.ended ? this.spentMs / this.ended : FIRST_MS);
    let believed = this.done;
    for (const { share, since } of this.underWay.values())
      believed += share * MOST_BELIEVED * likely(now - since, usualMs);
    return thousandths(from + (to - from) * Math.min(1, believed / this.all));
  }
}

/** How much is likely done by then: never at a standstill, however long it takes, and never all of it. */
const likely = (ms: number, usualMs: number): number => ms / (usualMs + ms);
const thousandths = (percent: number): number => Math.round(percent * 1_000) / 1_000;
