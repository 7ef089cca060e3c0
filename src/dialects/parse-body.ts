import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../contract/errors';

export interface BodyLimits {
  readonly jsonDepth: number;
  readonly jsonNodes: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses a body after a look at its structure: nesting and number of values are bounded before any of it is built.
 * @param what it is called in refusals
 * @throws GatewayError `invalid_request`
 */
export function parseBody(bytes: Buffer, limits: BodyLimits, what = 'The body'): unknown {
  if (!bytes.length) throw refusal(`${what} is empty; a JSON object is expected`);
  if (!isUtf8(bytes)) throw refusal(`${what} is not encoded as UTF-8`);
  checkStructure(bytes, limits, what);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    // the parser's own message quotes the body
    throw refusal(`${what} is not valid JSON`);
  }
}

/** One pass over the bytes that jumps from quote to quote: strings, which are most of a prompt, are not looked at. */
function checkStructure(bytes: Buffer, { jsonDepth, jsonNodes }: BodyLimits, what: string): void {
  let depth = 0;
  let nodes = 1;
  for (let i = 0; i < bytes.length; i++)
    switch (bytes[i]) {
      case QUOTE:
        i = endOfString(bytes, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > jsonDepth) throw refusal(`${what} is nested deeper than ${jsonDepth} levels`);
        nodes++;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        if (++nodes > jsonNodes) throw refusal(`${what} holds more than ${jsonNodes} values`);
    }
}

/** Index of the closing quote, or the last index when there is none: the parser will complain about it. */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = start + 1; ; at++) {
    at = bytes.indexOf(QUOTE, at);
    if (at < 0) return bytes.length;
    let escapes = 0;
    while (bytes[at - 1 - escapes] === BACKSLASH && at - 1 - escapes > start) escapes++;
    if (escapes % 2 === 0) return at;
  }
}

function refusal(message: string): GatewayError {
  return new GatewayError('invalid_request', message);
}
