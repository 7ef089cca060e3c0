import type { KeyObject } from 'node:crypto';
import { encodeBase64 } from './base64';
import { signText, verifyText } from './ed25519';
import { sha256 } from './hashes';

/** @param raw the writer's public key */
export function writerId(raw: Buffer): string {
  return `w_${sha256(raw).toString('base64url').slice(0, 22)}`;
}

/** What the log's key signs to admit a writer. */
export function certificateText(origin: string, raw: Buffer): string {
  return `gatehouse-audit-writer/v1\n${origin}\n${writerId(raw)}\n${encodeBase64(raw)}\n`;
}

export function certify(origin: string, raw: Buffer, logKey: KeyObject): Buffer {
  return signText(certificateText(origin, raw), logKey);
}

/** @param logKey public */
export function verifyCertificate(origin: string, raw: Buffer, logKey: KeyObject, certificate: Buffer): boolean {
  return verifyText(certificateText(origin, raw), logKey, certificate);
}
