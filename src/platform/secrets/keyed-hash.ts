import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const KEYS_KEPT = 10_000;

/**
 * Hashes that nobody without the master key can recompute or search through, and that cannot be joined across tenants
 * or purposes: HMAC-SHA-256 under a key derived (HKDF, RFC 5869) for each.
 */
export class KeyedHash {
  /** Key objects: from bytes, every digest would make one. */
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly masterKey: Buffer) {}

  /** 32 bytes. */
  digest(purpose: string, tenantId: string, text: string): Buffer {
    return createHmac('sha256', this.key(purpose, tenantId)).update(text).digest();
  }

  /** A short opaque name, the same for the same text: 22 characters, 128 bits. */
  pseudonym(purpose: string, tenantId: string, text: string): string {
    return this.digest(purpose, tenantId, text).subarray(0, 16).toString('base64url');
  }

  private key(purpose: string, tenantId: string): KeyObject {
    const name = `${purpose}/${tenantId}`;
    let key = this.keys.get(name);
    if (!key) {
      if (this.keys.size >= KEYS_KEPT) this.keys.clear();
      key = createSecretKey(Buffer.from(hkdfSync('sha256', this.masterKey, tenantId, `gatehouse/${purpose}`, 32)));
      this.keys.set(name, key);
    }
    return key;
  }
}
