import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rawPublicKey } from '../../format/ed25519';
import { writerId } from '../../format/writer-certificate';

/** Who writes: a key that lives as long as the process, and is never written down. */
export interface WriterIdentity {
  readonly id: string;
  /** 32 bytes. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

export function newWriter(): WriterIdentity {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(publicKey);
  return { id: writerId(raw), publicKey: raw, privateKey };
}
