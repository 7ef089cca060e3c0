export const PIECE_BYTES = 262_144;

/** The same bytes in pieces of one size; the last one may be shorter. At most a piece and a chunk are in memory. */
export async function* pieces(chunks: AsyncIterable<Uint8Array>, size = PIECE_BYTES): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    const all = Buffer.concat(waiting);
    let at = 0;
    for (; all.length - at >= size; at += size) yield all.subarray(at, at + size);
    waiting = at < all.length ? [all.subarray(at)] : [];
    length = all.length - at;
  }
  if (length) yield Buffer.concat(waiting);
}
