import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rawPublicKey } from '../../format/ed25519';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

export function fromSeed(seed: Buffer): SigningKey {
  if (seed.length !== SEED_BYTES) throw new Error(`the seed of a signing key has ${SEED_BYTES} bytes`);
  const der = Buffer.concat([PKCS8, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return { privateKey, publicKey: rawPublicKey(privateKey) };
}

/** A new key, and the seed it is kept as. */
export function newSeed(): { readonly seed: Buffer; readonly key: SigningKey } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-SEED_BYTES);
  return { seed, key: { privateKey, publicKey: rawPublicKey(privateKey) } };
}
