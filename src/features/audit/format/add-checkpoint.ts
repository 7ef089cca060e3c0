import { decodeBase64, encodeBase64 } from './base64';
import { parseCheckpoint, parseSize, type SignedCheckpoint } from './checkpoint';
import { HASH_BYTES } from './hashes';
import { NoteError } from './note';

const MAX_HASHES = 63;

/** C2SP tlog-witness: what a log asks a witness to sign. */
export interface AddCheckpoint {
  /** Size of the tree that the witness signed last. */
  readonly old: number;
  /** Consistency proof from there. */
  readonly proof: readonly Buffer[];
  readonly checkpoint: SignedCheckpoint;
}

/** @param checkpoint the signed note */
export function formatAddCheckpoint(old: number, proof: readonly Buffer[], checkpoint: string): string {
  return `old ${old}\n${proof.map((hash) => `${encodeBase64(hash)}\n`).join('')}\n${checkpoint}`;
}

/** @throws NoteError */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const split = body.indexOf('\n\n');
  const [first, ...lines] = body.slice(0, Math.max(split, 0)).split('\n');
  const old = parseSize(/^old (\d+)$/.exec(first ?? '')?.[1] ?? '');
  if (old === undefined) throw new NoteError('the first line is "old <size>"');
  const proof = lines.map(decodeBase64);
  if (proof.length > MAX_HASHES || proof.some((hash) => hash?.length !== HASH_BYTES))
    throw new NoteError('a line of the proof is not a hash');
  return { old, proof: proof as Buffer[], checkpoint: parseCheckpoint(body.slice(split + 2)) };
}
