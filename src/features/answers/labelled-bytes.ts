const LENGTH = 4;

/** An answer as all processes share it, with what it can be purged by and until when it is kept. */
export interface LabelledBytes {
  readonly labels: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly askedAt: number;
  readonly answer: Buffer;
}

/** Layout: length of the JSON (4, big-endian), JSON, answer. */
export function packed({ answer, ...told }: LabelledBytes): Buffer {
  const text = Buffer.from(JSON.stringify(told));
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, answer]);
}

/** @throws when that is not what was packed */
export function unpacked(bytes: Buffer): LabelledBytes {
  const end = LENGTH + bytes.readUInt32BE(0);
  const told = JSON.parse(bytes.toString('utf8', LENGTH, end)) as Omit<LabelledBytes, 'answer'>;
  return { ...told, answer: bytes.subarray(end) };
}
