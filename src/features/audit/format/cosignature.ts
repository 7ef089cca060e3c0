import type { KeyObject } from 'node:crypto';
import { cosignatureMessage } from './cosignature-message';
import { rawPublicKey, signText } from './ed25519';
import type { NoteSignature } from './note';
import { KEY_TYPE, makeVerifierKey } from './vkey';

/**
 * The signature of a witness on a checkpoint.
 * @param body of the checkpoint, ends with a newline
 * @param time seconds since the epoch
 */
export function cosign(body: string, name: string, privateKey: KeyObject, time: number): NoteSignature {
  const { id } = makeVerifierKey(name, KEY_TYPE.cosignature, rawPublicKey(privateKey));
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  return { name, id, signature: Buffer.concat([stamp, signText(cosignatureMessage(body, time), privateKey)]) };
}
