const BYTES = 32;

/** What is wrong with the text of a key; undefined when it is 32 random bytes in base64. */
export function keyTextProblem(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return `must be ${BYTES} bytes in base64 (openssl rand -base64 ${BYTES})`;
  if (new Set(keyBytes(text)).size < 8) return 'is a placeholder, not a random key';
  return undefined;
}

/** The key that a text without problem spells. */
export function keyBytes(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
