import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { GatewayError } from '../../../contract/errors';
import { AuditKeys } from '../keys/audit-keys';
import { shredsOf } from '../keys/shred-entries';
import { Shredder } from '../keys/shredder';
import { EntriesStore } from './entries.store';
import type { StoredEntry } from './stored-batch';

/** What was erased stays so: also after a backup of the keys was restored, or a process died half way. */
@Injectable()
export class ErasureUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Audit');

  constructor(
    private readonly keys: AuditKeys,
    private readonly shredder: Shredder,
    private readonly entries: EntriesStore,
  ) {}

  /** Before anything is served, erasures that the log tells of and the key database does not are repeated. */
  async onApplicationBootstrap(): Promise<void> {
    const told: StoredEntry[] = [];
    for await (const entry of this.entries.few({ event: 'key.shred' }, Number.MAX_SAFE_INTEGER - 1)) told.push(entry);
    const { repeated, found } = await this.keys.catchUp(shredsOf(told));
    if (repeated.length) this.log.warn(`${repeated.length} erasures were repeated: the key database was restored`);
    if (found.length) this.log.warn(`${found.length} erasures go on that were interrupted once they were in the log`);
    this.shredder.start((error) => this.log.error(`An erasure is not finished: ${reasonOf(error)}`));
  }

  onApplicationShutdown(): void {
    this.shredder.stop();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof AggregateError)) return (error as Error).message;
  return error.errors.map((one) => GatewayError.from(one).message).join('; ');
}
