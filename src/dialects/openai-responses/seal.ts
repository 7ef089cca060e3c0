import { isObject } from '../../contract/json';

/** What another vendor wants back with a thought: its proof of origin, or the thought itself in unreadable form. */
export interface Proof {
  readonly signature?: string;
  readonly data?: string;
}

/** The encoding of `{"v":1`, with which every seal begins. */
const HEAD = 'eyJ2Ijox';

/** Packs a proof into a reasoning item's `encrypted_content`, which clients hand back unread. */
export function seal({ signature, data }: Proof): string {
  const sealed = { v: 1, ...(signature !== undefined && { s: signature }), ...(data !== undefined && { r: data }) };
  return Buffer.from(JSON.stringify(sealed)).toString('base64url');
}

/** Undefined for an `encrypted_content` that was not made here. */
export function unseal(encrypted: string): Proof | undefined {
  if (!encrypted.startsWith(HEAD)) return undefined;
  try {
    const sealed: unknown = JSON.parse(Buffer.from(encrypted, 'base64url').toString());
    if (!isObject(sealed) || sealed.v !== 1) return undefined;
    return {
      ...(typeof sealed.s === 'string' && { signature: sealed.s }),
      ...(typeof sealed.r === 'string' && { data: sealed.r }),
    };
  } catch {
    return undefined;
  }
}
