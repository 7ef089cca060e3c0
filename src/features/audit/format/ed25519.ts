import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** @param raw 32 bytes, as RFC 8032 writes them */
export function importPublicKey(raw: Uint8Array): KeyObject {
  if (raw.length !== PUBLIC_KEY_BYTES) throw new Error('an Ed25519 key has 32 bytes');
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

/** @param key a public or a private key */
export function rawPublicKey(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
}

export function signText(text: string | Buffer, privateKey: KeyObject): Buffer {
  return sign(null, typeof text === 'string' ? Buffer.from(text) : text, privateKey);
}

export function verifyText(text: string | Buffer, publicKey: KeyObject, signature: Buffer): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  return verify(null, typeof text === 'string' ? Buffer.from(text) : text, publicKey, signature);
}
