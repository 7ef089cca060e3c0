import type { Queue } from 'bull';
import { JobQueue, type QueueDepth, type Ticket } from './job-queue';

const ANSWER_MS = 1_000;
/** Nobody else waits for a Redis that has just not answered. */
const AWAY_MS = 1_000;
/** The clocks of this machine, of Redis and of PostgreSQL may differ: a ticket that is early finds nothing to do. */
const LATE_MS = 20;

/** Tickets in Redis (Bull): for many processes. What Redis forgets is written anew by those who miss it. */
export class BullQueue extends JobQueue {
  readonly engine = 'redis';
  private queue: Queue | undefined;
  private opening: Promise<Queue> | undefined;
  private awayUntil = 0;

  /**
   * @param open connects; called once, when the queue is first needed
   * @param answerMs a Redis that takes longer is away
   */
  constructor(
    private readonly open: () => Promise<Queue>,
    private readonly answerMs = ANSWER_MS,
  ) {
    super();
  }

  override async ring(tickets: readonly Ticket[]): Promise<void> {
    if (!tickets.length) return;
    const queue = await this.opened();
    const jobs = tickets.map(({ id, at }) => ({
      data: null,
      opts: {
        jobId: id,
        delay: at && at.getTime() > Date.now() ? at.getTime() - Date.now() + LATE_MS : 0,
        attempts: 1,
        removeOnComplete: true,
        removeOnFail: true,
      },
    }));
    await this.inTime(() => queue.addBulk(jobs));
  }

  override async serve(work: () => Promise<void>, slots: number): Promise<void> {
    const queue = await this.opened();
    // ends when the queue is closed
    void queue.process(slots, work).catch(() => undefined);
  }

  override async rest(): Promise<void> {
    await this.inTime(async () => this.queue?.pause(true, true)).catch(() => undefined);
  }

  override async depth(): Promise<QueueDepth> {
    const queue = await this.opened();
    return { waiting: await this.inTime(() => queue.getWaitingCount()) };
  }

  override async close(): Promise<void> {
    this.awayUntil = 0;
    await this.inTime(async () => this.queue?.close(true)).catch(() => undefined);
  }

  private opened(): Promise<Queue> {
    this.opening ??= this.open().then((queue) => {
      this.queue = queue;
      // it connects again by itself; whoever asks meanwhile is told
      queue.on('error', () => undefined);
      return queue;
    });
    return this.opening;
  }

  /** A queue whose Redis is away would wait for it without end. */
  private async inTime<T>(work: () => Promise<T>): Promise<T> {
    if (Date.now() < this.awayUntil) throw new Error('Redis does not answer');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.awayUntil = Date.now() + AWAY_MS;
        reject(new Error(`Redis did not answer within ${this.answerMs} ms`));
      }, this.answerMs);
    });
    try {
      return await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
