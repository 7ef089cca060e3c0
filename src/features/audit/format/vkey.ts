import type { KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64';
import { importPublicKey, PUBLIC_KEY_BYTES, rawPublicKey } from './ed25519';
import { sha256 } from './hashes';

/** C2SP signed-note: what kind of signature a key makes. */
export const KEY_TYPE = { note: 0x01, cosignature: 0x04 } as const;
export type KeyType = (typeof KEY_TYPE)[keyof typeof KEY_TYPE];

/** What a signature is checked with. */
export interface VerifierKey {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  readonly type: KeyType;
  readonly raw: Buffer;
  readonly key: KeyObject;
}

export const isKeyName = (name: string): boolean => name !== '' && !/[\p{White_Space}+\p{Cc}]/u.test(name);

export function makeVerifierKey(name: string, type: KeyType, raw: Buffer): VerifierKey {
  if (!isKeyName(name)) throw new Error('the name of a key has no spaces and no +');
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), raw])).toString('hex', 0, 4);
  return { name, id, type, raw, key: importPublicKey(raw) };
}

/** `<name>+<8 hex>+<base64(type || key)>` @param key public or private */
export function formatVkey(name: string, type: KeyType, key: KeyObject): string {
  const { id, raw } = makeVerifierKey(name, type, rawPublicKey(key));
  return `${name}+${id}+${encodeBase64(Buffer.concat([Buffer.of(type), raw]))}`;
}

/** @throws when it is not an Ed25519 verifier key */
export function parseVkey(text: string): VerifierKey {
  const [name, id, encoded, more] = splitThree(text);
  const bytes = decodeBase64(encoded ?? '');
  if (!name || more || !bytes) throw new Error('a verifier key is <name>+<8 hex digits>+<base64>');
  const type = bytes[0];
  if (type !== KEY_TYPE.note && type !== KEY_TYPE.cosignature)
    throw new Error(`keys of type ${type} are not supported`);
  if (bytes.length !== 1 + PUBLIC_KEY_BYTES) throw new Error('an Ed25519 key has 32 bytes');
  const key = makeVerifierKey(name, type, bytes.subarray(1));
  if (key.id !== id) throw new Error(`the id of the key ${name} does not belong to it`);
  return key;
}

/** Base64 may hold a + too: only the first two separate. */
function splitThree(text: string): string[] {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  return first < 0 || second < 0 ? [] : [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}
