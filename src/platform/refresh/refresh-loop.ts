import type { Logger, OnModuleDestroy, OnModuleInit } from '@nestjs/common';

/** Something that all processes share through the database and each holds in memory. */
export interface Refreshed {
  /** What it is, in the plural, as a log line says it. */
  readonly what: string;
  readonly log: Pick<Logger, 'log' | 'warn'>;
  /** Milliseconds between two looks. Where a second is promised: with what a look takes, and a process that is busy. */
  readonly everyMs: number;
  /** Differs after each change. Asked at every look: cheap. */
  readonly revision: () => Promise<number | string>;
  /** Reads it anew. */
  readonly learn: () => Promise<void>;
  /** What else is done at every turn; not before the first wait is over, when everybody who listens is there. */
  readonly after?: () => Promise<void> | void;
}

/**
 * Looks again and again whether another process changed something, and learns it. While the database is away, what was known
 * holds, and that is said once.
 */
export abstract class RefreshLoop implements OnModuleInit, OnModuleDestroy {
  private current: Promise<void> = Promise.resolve();
  private awaited: Promise<void> | undefined;
  private seen: number | string | undefined;
  private failing = false;
  private timer: NodeJS.Timeout | undefined;

  protected constructor(private readonly of: Refreshed) {}

  /** @throws when the database cannot be read: nobody starts without knowing */
  async onModuleInit(): Promise<void> {
    await this.look();
    this.next();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /**
   * Resolves when all is known that was there when it was called. One look at a time, so that what was read first never takes
   * the place of what was read later; all who ask during one share the next.
   * @throws when the database cannot be read
   */
  look(): Promise<void> {
    const begin = () => {
      this.awaited = undefined;
      return (this.current = this.read());
    };
    return (this.awaited ??= this.current.then(begin, begin));
  }

  private async read(): Promise<void> {
    const revision = await this.of.revision();
    if (revision === this.seen) return;
    await this.of.learn();
    this.seen = revision;
  }

  private next(): void {
    this.timer = setTimeout(() => void this.again(), this.of.everyMs).unref();
  }

  private async again(): Promise<void> {
    const { what, log, after } = this.of;
    try {
      await this.look();
      await after?.();
      if (this.failing) log.log(`${what} can be read again`);
      this.failing = false;
    } catch (error) {
      if (!this.failing) log.warn({ err: error }, `${what} cannot be read; those that are known hold`);
      this.failing = true;
    }
    if (this.timer) this.next();
  }
}
