import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { KeyWrapper } from './key-wrapper';
import { unwrapBytes, wrapBytes } from './wrapped-bytes';

const BYTES = 32;

/** A key-encryption key in the memory of this process. */
export class LocalKeyWrapper extends KeyWrapper {
  override readonly id: string;
  private readonly key: KeyObject;

  /** @param key 32 bytes; copied */
  constructor(key: Buffer) {
    super();
    if (key.length !== BYTES) throw new Error(`a key-encryption key has ${BYTES} bytes`);
    this.key = createSecretKey(key);
    const label = hkdf(key, 'gatehouse/audit/kek-id');
    this.id = `local:${createHash('sha256').update(label).digest('hex').slice(0, 8)}`;
  }

  /** The key of an installation that has configured none. */
  static ofMasterKey(masterKey: Buffer): LocalKeyWrapper {
    const key = hkdf(masterKey, 'gatehouse/audit/kek');
    const wrapper = new LocalKeyWrapper(key);
    key.fill(0);
    return wrapper;
  }

  override wrap(key: Buffer, context: string): Promise<Buffer> {
    return Promise.resolve(wrapBytes(this.key, key, context));
  }

  override async unwrap(wrapped: Buffer, context: string): Promise<Buffer> {
    return unwrapBytes(this.key, wrapped, context);
  }
}

function hkdf(key: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), label, BYTES));
}
