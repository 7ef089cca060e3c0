import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

/**
 * AES-256-GCM under a random nonce, authenticated with the place it is for. Layout: version (1), nonce (12), ciphertext,
 * tag (16).
 */
export function wrapBytes(key: KeyObject, content: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when the bytes were changed, moved, or wrapped with another key */
export function unwrapBytes(key: KeyObject, wrapped: Buffer, context: string): Buffer {
  if (wrapped.length < 1 + NONCE + TAG || wrapped[0] !== VERSION) throw new Error('not wrapped bytes');
  const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(1, 1 + NONCE))
    .setAAD(Buffer.from(context))
    .setAuthTag(wrapped.subarray(-TAG));
  const content = decipher.update(wrapped.subarray(1 + NONCE, -TAG));
  decipher.final();
  return content;
}
