import type { Picos } from '../../contract/money';
import type { Piece } from '../../contract/reply';
import { type Head, packHead, packPiece } from './packed-answer';

/** Gathers an answer as it passes by, up to a limit: of one that is larger nothing is kept. */
export class CollectedAnswer {
  private chunks: Buffer[] | undefined = [];
  private size: number;

  constructor(
    private readonly head: Omit<Head, 'cost'>,
    private readonly limit: number,
  ) {
    this.size = packHead(head).length;
  }

  add(piece: Piece): void {
    if (!this.chunks) return;
    // the native bytes alone may be too much: then they need no copy
    const packed = this.size + (piece.wire?.bytes.length ?? 0) > this.limit ? undefined : packPiece(piece);
    if (packed && (this.size += packed.length) <= this.limit) this.chunks.push(packed);
    else this.chunks = undefined;
  }

  /** Absent when the answer was too large. @param cost of the call, where that is known */
  packed(cost?: Picos): Buffer | undefined {
    const { provider, model, dropped, degraded, validated } = this.head;
    const told = cost === undefined ? {} : { cost: cost.toString() };
    const kept = { provider, model, dropped, ...(degraded && { degraded }), ...(validated && { validated }), ...told };
    return this.chunks && Buffer.concat([packHead(kept), ...this.chunks]);
  }
}
