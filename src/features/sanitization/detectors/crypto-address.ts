import { createHash } from 'node:crypto';
import type { Page } from '../page';
import { Alphabet, DIGITS, LETTERS } from '../text/alphabet';

/** None of the addresses below is shorter. */
const SPELLING = new Alphabet(DIGITS + LETTERS);
const SHORTEST = 14;
const BASE58 = /(?<![0-9A-Za-z_])[13LMDT9AXrt2mn][1-9A-HJ-NP-Za-km-z]{24,34}(?![0-9A-Za-z_])/g;
const BECH32 = /(?<![0-9A-Za-z_])(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,71}(?![0-9A-Za-z_])/gi;
const HEX = /(?<![0-9A-Za-z_])0x[0-9a-fA-F]{40}(?![0-9A-Za-z_])/g;
const ALPHABET58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const ALPHABET32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Addresses of Bitcoin and its relatives (their checksums agree) and of Ethereum (forty hexadecimal digits). */
export function detectCryptoAddresses(page: Page): void {
  const { text } = page;
  if (!SPELLING.run(text, SHORTEST)) return;
  for (const { 0: written, index } of text.matchAll(BASE58))
    if (/\d/.test(written) && isBase58Check(written))
      page.add('CRYPTO_ADDRESS', index, index + written.length, 0.95, true);
  for (const { 0: written, index } of text.matchAll(BECH32))
    if (isBech32(written)) page.add('CRYPTO_ADDRESS', index, index + written.length, 0.95, true);
  if (!text.includes('0x')) return;
  for (const { 0: written, index } of text.matchAll(HEX))
    if (!/^0x(.)\1*$/.test(written)) page.add('CRYPTO_ADDRESS', index, index + written.length, 0.9, false);
}

/** A version byte, 20 bytes, and the first four bytes of their double SHA-256. */
export function isBase58Check(address: string): boolean {
  let number = 0n;
  for (const character of address) {
    const digit = ALPHABET58.indexOf(character);
    if (digit < 0) return false;
    number = number * 58n + BigInt(digit);
  }
  const hex = number.toString(16);
  if (hex.length > 50) return false;
  const bytes = Buffer.from(hex.padStart(50, '0'), 'hex');
  const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

/** Checksum of BIP 173 (bech32) or BIP 350 (bech32m); one case throughout. */
export function isBech32(address: string): boolean {
  const lower = address.toLowerCase();
  if (address !== lower && address !== address.toUpperCase()) return false;
  const split = lower.indexOf('1');
  const prefix = Array.from(lower.slice(0, split), (character) => character.charCodeAt(0));
  let state = 1;
  const values = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31)];
  for (const character of lower.slice(split + 1)) values.push(ALPHABET32.indexOf(character));
  for (const value of values) {
    const top = state >>> 25;
    state = ((state & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >> bit) & 1) state ^= GENERATORS[bit];
  }
  return state === 1 || state === 0x2bc830a3;
}
