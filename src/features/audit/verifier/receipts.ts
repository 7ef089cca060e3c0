import { leafHash } from '../format/hashes';
import { verifyInclusion } from '../format/proofs';
import { parseTlogProof, type ParsedProof } from '../format/tlog-proof';
import type { Findings } from './findings';

interface Receipt {
  readonly source: string;
  readonly proof: ParsedProof;
  readonly leaf: Buffer;
}

/** Proofs that somebody kept, of entries that must be here. */
export class Receipts {
  private readonly receipts = new Map<number, Receipt[]>();

  constructor(private readonly findings: Findings) {}

  /** @returns the checkpoint of the proof, when it proves something */
  add(text: string, source: string): string | undefined {
    const failure = (message: string) => this.findings.failure('receipt', `${source}: ${message}`);
    let proof: ParsedProof;
    try {
      proof = parseTlogProof(text);
    } catch (error) {
      failure((error as Error).message);
      return undefined;
    }
    const { index, hashes, checkpoint, extra } = proof;
    if (!extra) {
      failure('does not hold the entry that it proves');
      return undefined;
    }
    const leaf = leafHash(extra);
    if (!verifyInclusion(index, checkpoint.size, leaf, hashes, checkpoint.root)) {
      failure('does not prove that its entry is in the log');
      return undefined;
    }
    this.receipts.set(index, [...(this.receipts.get(index) ?? []), { source, proof, leaf }]);
    return text.slice(text.indexOf('\n\n') + 2);
  }

  check(index: number, leaf: Buffer): void {
    for (const receipt of this.receipts.get(index) ?? [])
      if (!receipt.leaf.equals(leaf))
        this.findings.failure('receipt', `is not the entry that ${receipt.source} proves to be here`, index);
  }

  get any(): boolean {
    return this.receipts.size > 0;
  }
}
