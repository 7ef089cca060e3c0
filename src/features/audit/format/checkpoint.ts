import { decodeBase64, encodeBase64 } from './base64';
import { HASH_BYTES } from './hashes';
import { type Note, NoteError, parseNote } from './note';

/** A tree head. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
}

/** C2SP tlog-checkpoint, without extension lines. */
export function checkpointBody({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

/** @throws NoteError */
export function parseCheckpointBody(text: string): Checkpoint {
  const [origin, size, root, ...more] = text.split('\n');
  const number = parseSize(size ?? '');
  const hash = decodeBase64(root ?? '');
  if (!origin || number === undefined || hash?.length !== HASH_BYTES || !more.length || more.pop() !== '')
    throw new NoteError('not a checkpoint');
  if (more.some((line) => line === '')) throw new NoteError('a line of the checkpoint is empty');
  return { origin, size: number, root: hash };
}

/** Says nothing about its signatures. @throws NoteError */
export function parseCheckpoint(text: string): SignedCheckpoint {
  const note = parseNote(text);
  return { ...parseCheckpointBody(note.text), note };
}

/** A decimal without leading zeroes. */
export function parseSize(text: string): number | undefined {
  const size = Number(text);
  return /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(size) ? size : undefined;
}
