import { hkdfSync } from 'node:crypto';
import { hmacSha256 } from '../../contract/hmac';

const KEYS_KEPT = 10_000;

/**
 * Hashes that nobody without the master key can recompute or search through, and that cannot be joined across tenants
 * or purposes: HMAC-SHA-256 under a key derived (HKDF, RFC 5869) for each.
 */
export class KeyedHash {
  private readonly keys = new Map<string, Buffer>();

  constructor(private readonly masterKey: Buffer) {}

  /** 32 bytes. */
  digest(purpose: string, tenantId: string, text: string): Buffer {
    return hmacSha256(this.key(purpose, tenantId), text);
  }

  /** A short opaque name, the same for the same text: 22 characters, 128 bits. */
  pseudonym(purpose: string, tenantId: string, text: string): string {
    return this.digest(purpose, tenantId, text).subarray(0, 16).toString('base64url');
  }

  private key(purpose: string, tenantId: string): Buffer {
    const name = `${purpose}/${tenantId}`;
    let key = this.keys.get(name);
    if (!key) {
      if (this.keys.size >= KEYS_KEPT) this.keys.clear();
      key = Buffer.from(hkdfSync('sha256', this.masterKey, tenantId, `gatehouse/${purpose}`, 32));
      this.keys.set(name, key);
    }
    return key;
  }
}
