import type { LogHashes } from '../checkpoint/log-hashes';
import type { LogReader } from '../checkpoint/log-reader.store';
import { verifyCheckpoint } from '../checkpoint/signed-checkpoint';
import type { Head } from '../head/high-water';
import { checkMark, LogRegressedError } from '../head/start-check';
import type { LogSigner } from '../signing/log-signer';
import type { Troubles } from '../troubles';
import type { WitnessClient } from './witness-client';

export interface WitnessedHeadsParts {
  readonly witnesses: readonly WitnessClient[];
  readonly signer: LogSigner;
  readonly reader: LogReader;
  readonly hashes: LogHashes;
  readonly troubles: Troubles;
}

/** What witnesses remember of the log, and this folder and its database perhaps do not. */
export class WitnessedHeads {
  constructor(private readonly parts: WitnessedHeadsParts) {}

  /** Of those that answer in time and show something that the log has signed. */
  async all(): Promise<Head[]> {
    const heads = await Promise.all(this.parts.witnesses.map((witness) => this.of(witness)));
    return heads.filter((head) => head !== undefined);
  }

  /** Stops the log when the witness holds a checkpoint that the log signed, and that the database contradicts. */
  async compare(witness: WitnessClient): Promise<void> {
    const { reader, hashes, troubles } = this.parts;
    const head = await this.of(witness);
    if (!head) return;
    try {
      await checkMark(head, await reader.size(), hashes);
    } catch (error) {
      if (!(error instanceof LogRegressedError)) throw error;
      troubles.stop(`the witness ${witness.name} holds another log: ${error.message}`);
    }
  }

  private async of(witness: WitnessClient): Promise<Head | undefined> {
    const { origin, vkeys } = this.parts.signer;
    try {
      return verifyCheckpoint(await witness.last(origin), origin, vkeys);
    } catch {
      return undefined; // a witness alone must not be able to stop the log
    }
  }
}
