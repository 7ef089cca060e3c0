import { open } from 'node:fs/promises';

const PIECE_BYTES = 1_048_576;

/** A file, piece by piece. A piece is overwritten by the next one, so that a large file needs no more memory than a small one. */
export async function* piecesOf(path: string): AsyncGenerator<Buffer, void> {
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES);
      if (!bytesRead) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
