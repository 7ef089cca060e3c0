const NEWLINE = 0x0a;
const BLANK = new Set([0x20, 0x09, 0x0d]);
const MARK = Buffer.of(0xef, 0xbb, 0xbf);

export interface Line {
  /** From 1, blank lines counted. */
  readonly n: number;
  /** Without its end; undefined when it is longer than lines may be. */
  readonly bytes: Buffer | undefined;
}

/** The lines of a text that comes in chunks, blank ones left out. At most a chunk and a line of `maxBytes` are in memory. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  let waiting: Buffer[] = [];
  let [length, n] = [0, 1];
  const line = (): Line | undefined => {
    const whole = length > maxBytes ? undefined : withoutMark(Buffer.concat(waiting), n);
    return whole && isBlank(whole) ? undefined : { n, bytes: whole };
  };
  for await (const piece of chunks) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let at = 0; at < chunk.length;) {
      const end = chunk.indexOf(NEWLINE, at);
      const part = chunk.subarray(at, end < 0 ? undefined : end);
      length += part.length;
      // of a line that is too long nothing is kept
      if (length > maxBytes) waiting = [];
      else if (part.length) waiting.push(part);
      if (end < 0) break;
      const found = line();
      if (found) yield found;
      [waiting, length, n] = [[], 0, n + 1];
      at = end + 1;
    }
  }
  const last = line();
  if (last) yield last;
}

function withoutMark(bytes: Buffer, n: number): Buffer {
  return n === 1 && bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (!BLANK.has(byte)) return false;
  return true;
}
