import { parseCanonical } from './canonical';
import type { Header } from './header';

/** One entry of a batch, as it is stored. */
export interface StoredEntry {
  /** The canonical text of the header. */
  readonly header: string;
  readonly ciphertext?: Buffer | undefined;
}

/** The headers of a batch as they are stored: canonical text has no newline. */
export function joinHeaders(headers: readonly string[]): string {
  return headers.join('\n');
}

/** The payloads of a batch as they are stored: those that there are, one after the other. */
export function joinPayloads(ciphertexts: readonly (Buffer | undefined)[]): Buffer {
  return Buffer.concat(ciphertexts.filter((ciphertext) => ciphertext !== undefined));
}

/** The inverse. @throws when the lengths in the headers do not add up to the payloads' */
export function splitBatch(headers: string, payloads: Buffer): StoredEntry[] {
  let at = 0;
  const entries = headers.split('\n').map((header): StoredEntry => {
    const { ct_len: length } = parseCanonical(header) as unknown as Header;
    return length === undefined ? { header } : { header, ciphertext: payloads.subarray(at, (at += length)) };
  });
  if (at !== payloads.length) throw new Error(`${payloads.length} bytes of payload where the headers say ${at}`);
  return entries;
}
