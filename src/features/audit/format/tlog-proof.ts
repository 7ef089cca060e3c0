import { decodeBase64, encodeBase64 } from './base64';
import { parseCheckpoint, parseSize, type SignedCheckpoint } from './checkpoint';
import { HASH_BYTES } from './hashes';
import { NoteError } from './note';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const MAX_HASHES = 63;

/** C2SP tlog-proof: that an entry is in the log, in one file. */
export interface TlogProof {
  readonly index: number;
  /** From the entry's sibling to the child of the root. */
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint. */
  readonly checkpoint: string;
  /** Here: the canonical text of the header, in UTF-8, so that the file is all one needs. */
  readonly extra?: Buffer | undefined;
}

export interface ParsedProof extends Omit<TlogProof, 'checkpoint'> {
  readonly checkpoint: SignedCheckpoint;
}

export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    FIRST_LINE,
    ...(extra ? [`extra ${encodeBase64(extra)}`] : []),
    `index ${index}`,
    ...hashes.map(encodeBase64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Says nothing about what it proves. @throws NoteError */
export function parseTlogProof(text: string): ParsedProof {
  const split = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(split, 0)).split('\n');
  if (first !== FIRST_LINE) throw new NoteError('not a tlog-proof');
  const extra = lines[0]?.startsWith('extra ') ? decodeBase64((lines.shift() as string).slice(6)) : null;
  const index = parseSize(/^index (\d+)$/.exec(lines.shift() ?? '')?.[1] ?? '');
  const hashes = lines.map(decodeBase64);
  if (extra === undefined || index === undefined || hashes.length > MAX_HASHES) throw new NoteError('not a tlog-proof');
  if (hashes.some((hash) => hash?.length !== HASH_BYTES)) throw new NoteError('a line of the proof is not a hash');
  const checkpoint = parseCheckpoint(text.slice(split + 2));
  return { index, hashes: hashes as Buffer[], checkpoint, ...(extra && { extra }) };
}
