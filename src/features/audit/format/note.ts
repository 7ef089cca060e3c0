import type { KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64';
import { cosignatureMessage, timeOf } from './cosignature-message';
import { rawPublicKey, signText, verifyText } from './ed25519';
import { isKeyName, KEY_TYPE, makeVerifierKey, type VerifierKey } from './vkey';

const MAX_SIGNATURES = 100;
const MAX_BYTES = 1_000_000;

export interface NoteSignature {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  /** What follows the id. */
  readonly signature: Buffer;
}

export interface Note {
  /** Ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A valid signature. */
export interface Signed {
  readonly key: VerifierKey;
  /** Seconds since the epoch, when it is a cosignature. */
  readonly time?: number;
}

export class NoteError extends Error {}

/** @param text ends with a newline */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  return formatNote(text, [noteSignature(text, name, privateKey)]);
}

export function noteSignature(text: string, name: string, privateKey: KeyObject): NoteSignature {
  if (!text.endsWith('\n')) throw new NoteError('the text of a note ends with a newline');
  const { id } = makeVerifierKey(name, KEY_TYPE.note, rawPublicKey(privateKey));
  return { name, id, signature: signText(text, privateKey) };
}

export function formatNote(text: string, signatures: readonly NoteSignature[]): string {
  return `${text}\n${signatures.map(signatureLine).join('')}`;
}

export function signatureLine({ name, id, signature }: NoteSignature): string {
  return `— ${name} ${encodeBase64(Buffer.concat([Buffer.from(id, 'hex'), signature]))}\n`;
}

/** @throws NoteError when it is not a signed note; says nothing about its signatures */
export function parseNote(note: string): Note {
  const split = note.lastIndexOf('\n\n');
  // oxlint-disable-next-line no-control-regex
  if (note.length > MAX_BYTES || split < 0 || !note.endsWith('\n') || /[\0-\x09\x0b-\x1f]|\p{Surrogate}/u.test(note))
    throw new NoteError('not a signed note');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new NoteError('too many signatures');
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** @param line without its newline */
export function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, encoded, ...more] = line.split(' ');
  const bytes = decodeBase64(encoded ?? '');
  if (dash !== '—' || !name || !isKeyName(name) || more.length || !bytes || bytes.length < 5)
    throw new NoteError('a line is not a signature');
  return { name, id: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

/**
 * Signatures by unknown keys are ignored.
 * @returns one for each known key that signed
 * @throws NoteError when a known key's signature is not valid, or when no known key signed
 */
export function verifyNote({ text, signatures }: Note, keys: readonly VerifierKey[]): Signed[] {
  const found = new Map<VerifierKey, Signed>();
  for (const signature of signatures) {
    const key = keys.find(({ name, id }) => name === signature.name && id === signature.id);
    if (!key) continue;
    if (!isValid(text, key, signature.signature)) throw new NoteError(`the signature of ${key.name} is not valid`);
    const time = key.type === KEY_TYPE.cosignature ? timeOf(signature.signature) : undefined;
    if (!found.has(key)) found.set(key, time === undefined ? { key } : { key, time });
  }
  if (!found.size) throw new NoteError('not signed by a known key');
  return [...found.values()];
}

function isValid(text: string, key: VerifierKey, signature: Buffer): boolean {
  if (key.type === KEY_TYPE.note) return verifyText(text, key.key, signature);
  const time = timeOf(signature);
  return time !== undefined && verifyText(cosignatureMessage(text, time), key.key, signature.subarray(8));
}
