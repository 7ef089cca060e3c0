import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { FlagTable } from '../flag-table';
import { FlagVersions } from './flag-versions.store';

/** A second is promised: with what a look takes, and a process that is busy. */
const EVERY_MS = 250;
/** In turns of the above: about an hour. */
const EXPIRED_EVERY = 14_400;

/** Learns within a second what was set through another process, and warns of flags that are there for too long. While the database is away, what was known holds. */
@Injectable()
export class FlagRefresh implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('Flags');
  private readonly warned = new Set<string>();
  private looking: Promise<void> = Promise.resolve();
  private seen = -1;
  private turns = 0;
  private failing = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly table: FlagTable,
    private readonly versions: FlagVersions,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.look();
    this.warnOfExpired();
    this.next();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** One look after the other: what was read first never takes the place of what was read later. @throws when the database cannot be read */
  look(): Promise<void> {
    const read = () => this.read();
    return (this.looking = this.looking.then(read, read));
  }

  private async read(): Promise<void> {
    const count = await this.versions.count();
    if (count === this.seen) return;
    this.table.learn(await this.versions.newest());
    this.seen = count;
  }

  private next(): void {
    this.timer = setTimeout(() => void this.again(), EVERY_MS).unref();
  }

  private async again(): Promise<void> {
    try {
      await this.look();
      if (this.failing) this.log.log('flags can be read again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn({ err: error }, 'flags cannot be read; those that are known hold');
      this.failing = true;
    }
    if (++this.turns % EXPIRED_EVERY === 0) this.warnOfExpired();
    if (this.timer) this.next();
  }

  /** Once for each flag and day that it names. */
  private warnOfExpired(): void {
    for (const { name, state } of this.table.list()) {
      const { expires } = state.definition;
      const what = `${name} ${expires}`;
      if (!hasExpired(expires, Date.now()) || this.warned.has(what)) continue;
      this.warned.add(what);
      this.log.warn({ name, what: 'expired', from: expires }, 'a flag should be gone by now');
    }
  }
}

/** @param expires a day; @param now milliseconds since the epoch */
export function hasExpired(expires: string | undefined, now: number): boolean {
  return expires !== undefined && Date.parse(expires) <= now;
}
