/** A key-encryption key, wherever it is kept: in memory, in a KMS, in Vault. It never leaves. */
export abstract class KeyWrapper {
  /** Names the key and its version in what is stored beside wrapped keys; never secret. */
  abstract readonly id: string;
  /** @param context authenticated with the key: it can be unwrapped for nothing else */
  abstract wrap(key: Buffer, context: string): Promise<Buffer>;
  /** @throws when it was wrapped by another key or for another context, or the key cannot be reached */
  abstract unwrap(wrapped: Buffer, context: string): Promise<Buffer>;
}
