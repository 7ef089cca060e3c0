import type { KeyObject } from 'node:crypto';
import { encodeBase64 } from './base64';
import { signText, verifyText } from './ed25519';
import { sha256 } from './hashes';

/** What a writer vouches for: these entries, in this order, after everything it wrote before. */
export interface BatchStatement {
  readonly origin: string;
  readonly writer: string;
  /** From 1. */
  readonly lane: number;
  /** `statementHash` of the statement before; absent for lane 1. */
  readonly previous?: Buffer | undefined;
  readonly n: number;
  /** Over the leaves of the batch alone. */
  readonly root: Buffer;
}

export function batchStatement({ origin, writer, lane, previous, n, root }: BatchStatement): string {
  const before = previous?.length ? encodeBase64(previous) : '';
  return `gatehouse-audit-batch/v1\n${origin}\n${writer}\n${lane}\n${before}\n${n}\n${encodeBase64(root)}\n`;
}

export function statementHash(statement: string): Buffer {
  return sha256(statement);
}

/** @param key the writer's private key */
export function signBatch(statement: string, key: KeyObject): Buffer {
  return signText(statement, key);
}

/** @param key the writer's public key */
export function verifyBatch(statement: string, key: KeyObject, signature: Buffer): boolean {
  return verifyText(statement, key, signature);
}
