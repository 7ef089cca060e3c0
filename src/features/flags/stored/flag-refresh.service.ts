import { Injectable, Logger } from '@nestjs/common';
import { RefreshLoop } from '../../../platform/refresh/refresh-loop';
import { FlagTable } from '../flag-table';
import { FlagVersions } from './flag-versions.store';

/** In turns of the loop: about an hour. */
const EXPIRED_EVERY = 14_400;

const log = new Logger('Flags');

/** Learns within a second what was set through another process, and warns of flags that are there for too long. */
@Injectable()
export class FlagRefresh extends RefreshLoop {
  private readonly warned = new Set<string>();
  private turns = 0;

  constructor(
    private readonly table: FlagTable,
    versions: FlagVersions,
  ) {
    super({
      what: 'flags',
      log,
      everyMs: 250,
      revision: () => versions.count(),
      learn: async () => table.learn(await versions.newest()),
      after: () => {
        if (this.turns++ % EXPIRED_EVERY === 0) this.warnOfExpired();
      },
    });
  }

  /** Once for each flag and day that it names. */
  private warnOfExpired(): void {
    for (const { name, state } of this.table.list()) {
      const { expires } = state.definition;
      const what = `${name} ${expires}`;
      if (!hasExpired(expires, Date.now()) || this.warned.has(what)) continue;
      this.warned.add(what);
      log.warn({ name, what: 'expired', from: expires }, 'a flag should be gone by now');
    }
  }
}

/** @param expires a day; @param now milliseconds since the epoch */
export function hasExpired(expires: string | undefined, now: number): boolean {
  return expires !== undefined && Date.parse(expires) <= now;
}
