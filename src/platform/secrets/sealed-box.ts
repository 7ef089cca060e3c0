import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';

const VERSION = 1;
const NONCE = 12;
const TAG = 16;
const KEYS_KEPT = 10_000;

/**
 * Bytes that nobody without the master key can read or change: AES-256-GCM under a key derived (HKDF, RFC 5869) for each
 * purpose and tenant, bound to the place where they are kept.
 * Layout: version (1), nonce (12), ciphertext, tag (16).
 */
export class SealedBox {
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly masterKey: Buffer) {}

  /** @param place what the bytes belong to (a row's key): they can be opened nowhere else */
  seal(purpose: string, tenantId: string, place: string, content: Buffer): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.key(purpose, tenantId), nonce).setAAD(Buffer.from(place));
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws Error when the bytes were changed, moved or sealed with another key */
  open(purpose: string, tenantId: string, place: string, sealed: Buffer): Buffer {
    if (sealed.length < 1 + NONCE + TAG || sealed[0] !== VERSION) throw new Error('not a sealed box');
    const nonce = sealed.subarray(1, 1 + NONCE);
    const decipher = createDecipheriv('aes-256-gcm', this.key(purpose, tenantId), nonce)
      .setAAD(Buffer.from(place))
      .setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE, -TAG)), decipher.final()]);
  }

  private key(purpose: string, tenantId: string): KeyObject {
    const name = `${purpose}/${tenantId}`;
    let key = this.keys.get(name);
    if (!key) {
      if (this.keys.size >= KEYS_KEPT) this.keys.clear();
      key = createSecretKey(Buffer.from(hkdfSync('sha256', this.masterKey, tenantId, `gatehouse/seal/${purpose}`, 32)));
      this.keys.set(name, key);
    }
    return key;
  }
}
