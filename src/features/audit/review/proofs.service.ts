import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { leafHash } from '../format/hashes';
import { inclusionProof, verifyInclusion } from '../format/proofs';
import { AuditLogService } from '../log/audit-log.service';
import { CheckpointsStore } from './checkpoints.store';
import { Evidence } from './evidence.service';
import { Finder } from './finder.service';
import type { StoredEntry } from './stored-batch';
import { Tree } from './tree.service';

export interface InclusionProof {
  readonly leafHash: Buffer;
  readonly index: number;
  readonly size: number;
  readonly hashes: readonly Buffer[];
  /** The signed note that the hashes lead to. */
  readonly checkpoint: string;
}

type HeaderText = Pick<StoredEntry, 'index' | 'text'>;

/** That entries are in the log, in a form that anybody can check. */
@Injectable()
export class Proofs {
  constructor(
    private readonly log: AuditLogService,
    private readonly tree: Tree,
    private readonly checkpoints: CheckpointsStore,
    private readonly finder: Finder,
    private readonly evidence: Evidence,
  ) {}

  /**
   * Null until the next checkpoint.
   * @throws GatewayError `audit_unavailable` for a header that is not the one that was signed: it must not pass for it
   */
  async of(entry: HeaderText): Promise<InclusionProof | null> {
    const [proof] = await this.ofAll([entry]);
    return proof as InclusionProof | null;
  }

  /** The same for several, by one checkpoint. */
  async ofAll(entries: readonly HeaderText[]): Promise<(InclusionProof | null)[]> {
    const checkpoint = await this.checkpoints.latest();
    if (!checkpoint) return entries.map(() => null);
    const { size, root, note } = checkpoint;
    const tree = this.tree.at(size);
    const proofs: (InclusionProof | null)[] = [];
    for (const { index, text } of entries) {
      const hashes = index < size ? await inclusionProof(index, size, tree) : undefined;
      const leaf = leafHash(text);
      if (hashes && !verifyInclusion(index, size, leaf, hashes, root))
        throw new GatewayError(
          'audit_unavailable',
          `Entry ${index} of the log, or a stored hash beside it, was changed after it was signed: verify the log`,
          {
            details: { index, problem: 'altered' },
          },
        );
      proofs.push(hashes ? { leafHash: leaf, index, size, hashes, checkpoint: note } : null);
    }
    return proofs;
  }

  /**
   * A C2SP tlog-proof that carries the header: all that somebody needs beside the key of the log.
   * @throws GatewayError `not_found`; `audit_unavailable` when no checkpoint covers it in time
   */
  async file(caller: Caller, id: string): Promise<string> {
    const entry = await this.finder.find(caller, id);
    await this.of(entry);
    const proof = await this.log.proofs.proof(entry.index);
    if (proof === undefined) throw new GatewayError('not_found', 'There is no such entry');
    await this.evidence.record(caller, 'audit.proof', {
      tenant: entry.header.tenant,
      metadata: { entry: entry.header.entry_id, index: entry.index },
    });
    return proof;
  }
}
