import { checkpointBody, parseCheckpoint } from '../../format/checkpoint';
import { formatNote, NoteError, type Signed, verifyNote } from '../../format/note';
import { parseVkey, type VerifierKey } from '../../format/vkey';
import type { Head } from '../head/high-water';
import type { LogSigner } from '../signing/log-signer';
import { ForkError } from './fork-error';
import type { StoredCheckpoint } from './log-reader.store';

/** C2SP: a tree head, signed by the log. */
export function signCheckpoint(head: Head, signer: LogSigner): string {
  const body = checkpointBody(head);
  const key = signer.forSize(head.size);
  const { name, id } = parseVkey(key.vkey);
  return formatNote(body, [{ name, id, signature: key.sign(body) }]);
}

/** The tree head in a note. @throws ForkError unless the log signed it under that name */
export function verifyCheckpoint(note: string, origin: string, vkeys: readonly string[]): Head {
  try {
    const { note: parsed, ...head } = parseCheckpoint(note);
    if (head.origin !== origin) throw new ForkError(`a checkpoint is of ${head.origin}, not of ${origin}`);
    verifyNote(parsed, vkeys.map(parseVkey));
    return head;
  } catch (error) {
    if (error instanceof NoteError) throw new ForkError(`a checkpoint of ${origin} is not valid: ${error.message}`);
    throw error;
  }
}

/** What is in the table, checked against what is signed. @throws ForkError */
export function verifyStored(stored: StoredCheckpoint, origin: string, vkeys: readonly string[]): Head {
  const head = verifyCheckpoint(stored.note, origin, vkeys);
  if (head.size !== stored.size || !head.root.equals(stored.root))
    throw new ForkError(`the checkpoint of ${stored.size} entries says something else than its signature`);
  return head;
}

/** Which of these witnesses signed it. */
export function witnessesOf({ note, cosignatures }: StoredCheckpoint, witnesses: readonly VerifierKey[]): Signed[] {
  const found: Signed[] = [];
  for (const line of cosignatures)
    try {
      const { note: parsed } = parseCheckpoint(note + ended(line));
      found.push(...verifyNote(parsed, witnesses));
    } catch {
      // a line of somebody else, or not valid: no witness
    }
  return found;
}

/** The note with all its signatures. */
export function fullNote({ note, cosignatures }: StoredCheckpoint): string {
  return note + cosignatures.map(ended).join('');
}

const ended = (line: string): string => (line.endsWith('\n') ? line : `${line}\n`);
