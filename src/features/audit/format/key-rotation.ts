import type { KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64';
import { signText, verifyText } from './ed25519';
import { parseOrigin } from './epoch';
import type { PlainObject } from './header';
import { KEY_TYPE, parseVkey, type VerifierKey } from './vkey';

/** What both keys of the log sign when one follows the other. @param origin of the log, as in the entry that tells of it */
export function rotationText(origin: string, oldVkey: string, newVkey: string): string {
  return `gatehouse-audit-rotation/v1\n${origin}\n${oldVkey}\n${newVkey}\n`;
}

/** `metadata` of the `key.rotate` entry from which on the new key signs. */
export function rotationFacts(
  origin: string,
  before: { readonly vkey: string; readonly privateKey: KeyObject },
  after: { readonly vkey: string; readonly privateKey: KeyObject },
): PlainObject {
  const text = rotationText(origin, before.vkey, after.vkey);
  return {
    level: 'signing',
    old_vkey: before.vkey,
    new_vkey: after.vkey,
    signature_old: encodeBase64(signText(text, before.privateKey)),
    signature_new: encodeBase64(signText(text, after.privateKey)),
  };
}

/** The keys that `metadata` of a `key.rotate` entry names; undefined unless both are of the log and have signed. */
export function parseRotation(
  origin: string,
  { old_vkey, new_vkey, signature_old, signature_new }: PlainObject,
): { readonly before: VerifierKey; readonly after: VerifierKey } | undefined {
  if (typeof old_vkey !== 'string' || typeof new_vkey !== 'string') return undefined;
  const text = rotationText(origin, old_vkey, new_vkey);
  try {
    const [before, after] = [parseVkey(old_vkey), parseVkey(new_vkey)];
    return isOfLog(before, origin) &&
      isOfLog(after, origin) &&
      isSigned(text, before, signature_old) &&
      isSigned(text, after, signature_new)
      ? { before, after }
      : undefined;
  } catch {
    return undefined;
  }
}

const isOfLog = ({ name, type }: VerifierKey, origin: string): boolean =>
  type === KEY_TYPE.note && parseOrigin(name).name === parseOrigin(origin).name;

function isSigned(text: string, { key }: VerifierKey, signature: unknown): boolean {
  const bytes = typeof signature === 'string' ? decodeBase64(signature) : undefined;
  return bytes !== undefined && verifyText(text, key, bytes);
}
