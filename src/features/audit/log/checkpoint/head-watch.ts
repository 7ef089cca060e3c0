import type { HashReader } from '../../format/tree-plan';
import { parseVkey, type VerifierKey } from '../../format/vkey';
import type { Head, HighWater } from '../head/high-water';
import { ForkError } from './fork-error';
import type { LogHashes } from './log-hashes';
import type { LogReader, StoredCheckpoint } from './log-reader.store';
import type { RecentBatches } from './recent-batches';
import { verifyStored, witnessesOf } from './signed-checkpoint';

/** Own entries looked up under each checkpoint. */
const SAMPLE = 8;

export interface Seen {
  readonly head: Head;
  readonly stored: StoredCheckpoint;
  /** Names of the witnesses that signed it. */
  readonly witnesses: readonly string[];
}

export interface HeadWatchParts {
  readonly log: { readonly origin: string; readonly vkeys: readonly string[]; refresh(): Promise<void> };
  readonly epoch: number;
  readonly reader: LogReader;
  readonly hashes: LogHashes;
  readonly highWater: HighWater;
  readonly recent: RecentBatches;
  /** Verifier keys of witnesses. */
  readonly witnesses: readonly string[];
  readonly requireWitness: boolean;
}

/** Looks at every checkpoint as a stranger would: whoever signed it, it must go on from the last one that was seen here. */
export class HeadWatch {
  private readonly witnesses: readonly VerifierKey[];
  private seen: Seen | undefined;

  constructor(private readonly parts: HeadWatchParts) {
    this.witnesses = parts.witnesses.map(parseVkey);
  }

  get newest(): Seen | undefined {
    return this.seen;
  }

  /** @returns the newest checkpoint when it is another one than last time @throws ForkError */
  async look(): Promise<Seen | undefined> {
    const { reader, epoch, log, highWater, recent } = this.parts;
    const present = await reader.epoch();
    if (present !== epoch)
      throw new ForkError(`the log is in epoch ${present} now: this process must be started again`);
    const stored = await reader.newestCheckpoint(epoch);
    const known = highWater.of(log.origin);
    if (!stored) {
      if (known.size > 0) throw new ForkError(`the checkpoints are gone; one of ${known.size} entries was seen here`);
      return undefined;
    }
    const before = this.seen;
    if (before?.head.size === stored.size && before.stored.cosignatures.length === stored.cosignatures.length)
      return undefined;
    const head = await this.verified(stored);
    if (head.size < known.size)
      throw new ForkError(`the newest checkpoint has ${head.size} entries, but one of ${known.size} was seen here`);
    const hashes = this.parts.hashes.at(head.size);
    await this.parts.hashes.consistency(known, head, hashes);
    await this.findOwn(head, hashes);
    await highWater.advance(head);
    const witnesses = witnessesOf(stored, this.witnesses).map(({ key }) => key.name);
    this.seen = { head, stored, witnesses };
    if (witnesses.length || !this.parts.requireWitness) recent.covered(head.size);
    return this.seen;
  }

  private async verified(stored: StoredCheckpoint): Promise<Head> {
    const { log } = this.parts;
    try {
      return verifyStored(stored, log.origin, log.vkeys);
    } catch (error) {
      if (!(error instanceof ForkError)) throw error;
      // the key may have been replaced
      await log.refresh();
      return verifyStored(stored, log.origin, log.vkeys);
    }
  }

  /** What was written here must stand where it was said to stand. */
  private async findOwn(head: Head, hashes: HashReader): Promise<void> {
    const own = this.parts.recent.under(head.size);
    const step = Math.max(1, Math.floor(own.length / SAMPLE));
    for (let i = own.length - 1; i >= 0; i -= step) {
      const { index, leaf } = own[i] as (typeof own)[number];
      await this.parts.hashes.inclusion(index, leaf, head, hashes);
    }
  }
}
