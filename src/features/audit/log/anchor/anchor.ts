import type { Head } from '../head/high-water';

/** A checkpoint, to be kept where neither the database nor the gateway can reach it afterwards. */
export interface Anchored extends Head {
  /** With all its signatures. */
  readonly note: string;
}

export interface Anchor {
  /** Where, without anything secret. */
  readonly name: string;
  /** Kept when it resolves. @throws when it is not */
  keep(checkpoint: Anchored, signal: AbortSignal): Promise<void>;
}

/** What Vault, S3 and others call an object: sorts by size. */
export function objectName({ origin, size }: Head): string {
  return `${origin.replace(/[^A-Za-z0-9._-]+/g, '_')}/${String(size).padStart(16, '0')}.txt`;
}
