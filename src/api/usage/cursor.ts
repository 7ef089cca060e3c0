import { GatewayError } from '../../contract/errors';

/** Where a page ended, as callers hand it back: texts in base64url. */
export function encodeCursor(texts: readonly string[]): string {
  return Buffer.from(JSON.stringify(texts)).toString('base64url');
}

/** @throws GatewayError `invalid_request` unless it is a cursor of `length` texts */
export function decodeCursor(cursor: string, length: number): string[] {
  try {
    const texts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(texts) && texts.length === length && texts.every(isPlainText)) return texts as string[];
  } catch {
    // falls through
  }
  throw strangeCursor();
}

export function strangeCursor(): GatewayError {
  return new GatewayError('invalid_request', 'cursor: must be the next_cursor of the page before', { param: 'cursor' });
}

const isPlainText = (text: unknown) => typeof text === 'string' && !text.includes('\0') && text.isWellFormed();
