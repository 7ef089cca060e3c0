import type { Piece } from '../../contract/reply';
import { type Head, packHead, packPiece } from './packed-answer';

/** Gathers an answer as it passes by, up to a limit: of one that is larger nothing is kept. */
export class CollectedAnswer {
  private chunks: Buffer[] | undefined;
  private size: number;

  constructor(
    head: Head,
    private readonly limit: number,
  ) {
    const first = packHead(head);
    this.size = first.length;
    this.chunks = [first];
  }

  add(piece: Piece): void {
    if (!this.chunks) return;
    // the native bytes alone may be too much: then they need no copy
    const packed = this.size + (piece.wire?.bytes.length ?? 0) > this.limit ? undefined : packPiece(piece);
    if (packed && (this.size += packed.length) <= this.limit) this.chunks.push(packed);
    else this.chunks = undefined;
  }

  /** Absent when the answer was too large. */
  get packed(): Buffer | undefined {
    return this.chunks && Buffer.concat(this.chunks, this.size);
  }
}
