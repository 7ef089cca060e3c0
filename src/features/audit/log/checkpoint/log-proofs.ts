import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../../../contract/errors';
import { leafHash } from '../../format/hashes';
import { formatTlogProof } from '../../format/tlog-proof';
import type { Checkpointing } from './assemble';
import type { Seen } from './head-watch';
import { fullNote } from './signed-checkpoint';

const PATIENCE_MS = 2_000;
const LOOK_MS = 25;

type Parts = Pick<Checkpointing, 'reader' | 'hashes' | 'watch' | 'loop'>;

/** Checkpoints and proofs for those who ask. */
export class LogProofs {
  constructor(private readonly parts: Parts) {}

  /** The newest checkpoint that was verified here, with the signatures of witnesses; undefined when there is none yet. */
  checkpoint(): string | undefined {
    const { newest } = this.parts.watch;
    return newest && fullNote(newest.stored);
  }

  /**
   * C2SP tlog-proof of an entry. One that is too young is waited for.
   * @returns undefined when there is no such entry
   * @throws GatewayError `audit_unavailable` when no checkpoint covers it in time
   */
  async proof(index: number): Promise<string | undefined> {
    if (!Number.isSafeInteger(index) || index < 0) return undefined;
    const [batch] = await this.parts.reader.batchesOver(index, index + 1);
    const header = batch?.headers?.split('\n')[index - batch.firstIndex];
    if (header === undefined) return undefined;
    const { head, stored } = await this.covering(index, PATIENCE_MS);
    const hashes = await this.parts.hashes.inclusion(index, leafHash(header), head);
    return formatTlogProof({ index, hashes, checkpoint: fullNote(stored), extra: Buffer.from(header) });
  }

  /**
   * Resolves when a checkpoint covers the entry; one that a witness signed where witnesses are required.
   * @throws GatewayError `audit_unavailable`
   */
  async covered(index: number, patienceMs = 10_000, witnessed = false): Promise<void> {
    await this.covering(index, patienceMs, witnessed);
  }

  private async covering(index: number, patienceMs: number, witnessed = false): Promise<Seen> {
    this.parts.loop.nudge();
    for (const until = performance.now() + patienceMs; ; await sleep(LOOK_MS)) {
      const { newest } = this.parts.watch;
      if (newest && newest.head.size > index && (!witnessed || newest.witnesses.length)) return newest;
      if (performance.now() > until)
        throw new GatewayError('audit_unavailable', 'No checkpoint covers this entry yet', { retryAfter: 2 });
    }
  }
}
