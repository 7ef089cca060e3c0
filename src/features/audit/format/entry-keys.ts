import { canonicalJson } from '../../../contract/canonical-json';
import { hmacSha256 as hmac } from '../../../contract/hmac';

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
  return textCommitment(key, kind, canonicalJson(value));
}

/** The same from the canonical text of the value. */
export function textCommitment(key: Uint8Array, kind: 'prompt' | 'response', text: string): string {
  const secret = hmac(key, 'gatehouse/commit/v1');
  return `hmac-sha256:${hmac(secret, `${kind}\0${text}`).toString('hex')}`;
}
