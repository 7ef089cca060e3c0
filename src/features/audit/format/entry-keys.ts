import { hash } from 'node:crypto';
import { canonicalJson } from '../../../contract/canonical-json';
import { HASH_BYTES, sha256 } from './hashes';

const BLOCK = 64;
const outer = Buffer.alloc(BLOCK + HASH_BYTES);

/** K_entry: HKDF-SHA256(data key, salt = entry id, info = "gatehouse/entry/v1", 32 bytes). */
export function entryKey(dataKey: Uint8Array, entryId: string): Buffer {
  const secret = hmac(Buffer.from(entryId), dataKey);
  return hmac(secret, 'gatehouse/entry/v1\x01');
}

/** K_enc: the key of the entry's ciphertext. */
export function encryptionKey(key: Uint8Array): Buffer {
  return hmac(key, 'gatehouse/enc/v1');
}

/** Hex; in the header, so that a ciphertext has one opening only. */
export function keyCommit(key: Uint8Array): string {
  return hmac(key, 'gatehouse/keycommit/v1').toString('hex');
}

/** What an entry commits to without showing it. @param key of the entry; disclosing it opens that entry and no other */
export function commitment(key: Uint8Array, kind: 'prompt' | 'response', value: unknown): string {
  const secret = hmac(key, 'gatehouse/commit/v1');
  return `hmac-sha256:${hmac(secret, `${kind}\0${canonicalJson(value)}`).toString('hex')}`;
}

/** HMAC-SHA-256 out of one-shot hashes: half the time that a `createHmac` takes. @param key at most 64 bytes */
function hmac(key: Uint8Array, message: string | Uint8Array): Buffer {
  if (key.length > BLOCK) throw new Error('a key of at most 64 bytes');
  const bytes = typeof message === 'string' ? Buffer.from(message) : message;
  const inner = Buffer.allocUnsafe(BLOCK + bytes.length);
  for (let i = 0; i < BLOCK; i++) {
    const byte = key[i] ?? 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  inner.set(bytes, BLOCK);
  outer.write(hash('sha256', inner, 'binary'), BLOCK, 'latin1');
  return sha256(outer);
}
