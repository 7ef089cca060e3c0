import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rawPublicKey } from '../format/ed25519';

/** The key in that file; made, readable by its owner only, when there is none. */
export function openWitnessKey(file: string): KeyObject {
  try {
    return read(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const made = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(made, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    fsyncSync(made);
  } finally {
    closeSync(made);
  }
  return read(file);
}

function read(file: string): KeyObject {
  const key = createPrivateKey(readFileSync(file));
  rawPublicKey(key);
  return key;
}
