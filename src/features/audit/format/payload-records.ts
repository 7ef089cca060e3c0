const FRAME_BYTES = 12;

/** A ciphertext in `payloads.bin`: index (8 bytes, big-endian), length (4 bytes), ciphertext. */
export function payloadRecord(index: number, ciphertext: Buffer): Buffer[] {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.writeBigUInt64BE(BigInt(index));
  frame.writeUInt32BE(ciphertext.length, 8);
  return [frame, ciphertext];
}

/** The bytes are not records. */
export class RecordError extends Error {}

/** @throws RecordError */
export function* payloadRecords(bytes: Buffer): Generator<{ readonly index: number; readonly ciphertext: Buffer }> {
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < FRAME_BYTES) throw new RecordError('a record is cut off');
    const index = Number(bytes.readBigUInt64BE(at));
    const end = at + FRAME_BYTES + bytes.readUInt32BE(at + 8);
    if (end > bytes.length) throw new RecordError('a ciphertext is cut off');
    yield { index, ciphertext: bytes.subarray(at + FRAME_BYTES, end) };
    at = end;
  }
}
