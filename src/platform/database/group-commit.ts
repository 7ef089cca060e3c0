import { Client, type QueryConfig } from 'pg';
import { connectionOptions, isUnavailable } from './connection';

interface Waiting<T> {
  readonly item: T;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export interface GroupCommitOptions<T> {
  readonly url: string;
  readonly name: string;
  /** One statement that makes all items durable; idempotent, for it is repeated when a connection breaks. */
  readonly statement: (items: readonly T[]) => QueryConfig;
  /** Items waiting at most; above it `add` refuses. */
  readonly queue: number;
  readonly batch?: number;
  /** Told of every failure, with its reason, and of the first success after it. */
  readonly onStateChange?: (up: boolean, error?: Error) => void;
}

/** The queue in front of the database is full. */
export class QueueFullError extends Error {}
/** The database did not confirm in time; whether the item is durable is unknown. */
export class CommitTimeoutError extends Error {}

const AWAY_MS = 500;
const RECONNECT_MS = [50, 100, 200, 400, 800, 1_600];

/**
 * Makes items durable in groups: what arrives while one statement is in flight is the next one. No timer ever waits for a
 * batch to fill. A broken connection is replaced and the batch repeated.
 */
export class GroupCommit<T> {
  private readonly queue: Waiting<T>[] = [];
  private client: Client | undefined;
  private running: Promise<void> | undefined;
  private up = true;
  private closed = false;

  constructor(private readonly options: GroupCommitOptions<T>) {}

  /** Connects, so that the first item does not have to wait. */
  async open(): Promise<void> {
    this.client = await this.connect();
  }

  /**
   * Resolves when the item is durable.
   * @param deadlineMs how long to wait for that, or half a second while the database is known to be away. The item stays
   *   queued afterwards.
   * @param late called when the item becomes durable after its deadline.
   * @throws QueueFullError | CommitTimeoutError | what the database said about the item
   */
  add(item: T, deadlineMs: number, late?: () => void): Promise<void> {
    if (this.closed || this.queue.length >= this.options.queue)
      return Promise.reject(new QueueFullError(`${this.options.name}: ${this.queue.length} items are waiting`));
    return new Promise((resolve, reject) => {
      let expired = false;
      const expire = () => {
        expired = true;
        const error = new CommitTimeoutError(`${this.options.name}: not durable in time`);
        // a server that says nothing is as good as gone: those who come next need not wait as long
        this.report(false, error);
        reject(error);
      };
      const timer = setTimeout(expire, this.up ? deadlineMs : Math.min(deadlineMs, AWAY_MS));
      this.queue.push({
        item,
        done: () => {
          clearTimeout(timer);
          if (expired) late?.();
          else resolve();
        },
        failed: (error) => {
          clearTimeout(timer);
          reject(error as Error);
        },
      });
      this.running ??= this.run();
    });
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** Waits for what is queued, at most `deadlineMs`, then disconnects. */
  async close(deadlineMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<'late'>((resolve) => void (timer = setTimeout(() => resolve('late'), deadlineMs)));
    while (this.running && (await Promise.race([this.running, tooLate])) !== 'late');
    clearTimeout(timer);
    this.closed = true;
    for (const { failed } of this.queue.splice(0))
      failed(new CommitTimeoutError(`${this.options.name}: shutting down`));
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async run(): Promise<void> {
    // let everything that is ready in this turn of the event loop join the first group
    await Promise.resolve();
    while (this.queue.length && !this.closed) {
      const group = this.queue.splice(0, this.options.batch ?? 1_000);
      await this.settle(group);
    }
    this.running = undefined;
  }

  private async settle(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.commit(group.map(({ item }) => item));
      for (const { done } of group) done();
    } catch (error) {
      if (group.length === 1) group[0]?.failed(error);
      // one bad item must not take its neighbours with it
      else for (const waiting of group) await this.settle([waiting]);
    }
  }

  private async commit(items: readonly T[]): Promise<void> {
    for (let attempt = 0; ; attempt++)
      try {
        this.client ??= await this.connect();
        await this.client.query(this.options.statement(items));
        return this.report(true);
      } catch (error) {
        if (!isUnavailable(error) && this.client) throw error;
        this.report(false, error as Error);
        this.discard(this.client);
        if (this.closed) throw error;
        await sleep(RECONNECT_MS[Math.min(attempt, RECONNECT_MS.length - 1)] as number);
      }
  }

  private async connect(): Promise<Client> {
    const client = new Client(connectionOptions(this.options.url, this.options.name));
    client.on('error', () => this.discard(client));
    await client.connect();
    return client;
  }

  private discard(client: Client | undefined): void {
    if (this.client === client) this.client = undefined;
    void client?.end().catch(() => undefined);
  }

  private report(up: boolean, error?: Error): void {
    if (up && this.up) return;
    this.up = up;
    this.options.onStateChange?.(up, error);
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
