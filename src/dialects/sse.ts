import { GatewayError } from '../contract/errors';

export interface SseFrame {
  /** The `event:` field; empty when absent. */
  readonly event: string;
  /** The `data:` lines joined by newlines; empty for comments. */
  readonly data: string;
  /** The frame as received, its closing blank line included. */
  readonly bytes: Buffer;
}

const LF = 10;
const CR = 13;

/**
 * Cuts a byte stream into server-sent-event frames, wherever the network cut it: inside a frame, a line ending or a UTF-8
 * sequence. Knows LF, CRLF and CR line endings. Bounded: a frame above `maxBytes` is refused.
 * Source: WHATWG HTML, "Server-sent events".
 */
export class SseSplitter {
  private rest: Buffer = Buffer.alloc(0);
  /** Where in `rest` the search for a blank line goes on. */
  private scanned = 0;

  constructor(private readonly maxBytes = 16 * 1024 * 1024) {}

  push(chunk: Buffer): SseFrame[] {
    const bytes = this.rest.length ? Buffer.concat([this.rest, chunk]) : chunk;
    const frames: SseFrame[] = [];
    let start = 0;
    let from = this.scanned;
    for (;;) {
      const end = blankLineEnd(bytes, from);
      if (end < 0) break;
      frames.push(parse(bytes.subarray(start, end)));
      start = from = end;
    }
    this.rest = start ? bytes.subarray(start) : bytes;
    // a line ending may be cut in two or three: look at the last three bytes again
    this.scanned = Math.max(0, this.rest.length - 3);
    if (this.rest.length > this.maxBytes)
      throw new GatewayError('provider_failed', `The provider sent a stream frame of more than ${this.maxBytes} bytes`);
    return frames;
  }

  /** What is left when the stream ends. The standard discards an unfinished frame; real servers forget the last newline. */
  end(): SseFrame[] {
    const left = this.rest;
    this.rest = Buffer.alloc(0);
    this.scanned = 0;
    return left.length && left.toString().trim() ? [parse(Buffer.concat([left, Buffer.from('\n\n')]))] : [];
  }
}

/** Index just after the next blank line, or -1. A CR at the very end waits: an LF may follow. */
function blankLineEnd(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf('\n\n', from, 'latin1');
  if (lf >= 0 && bytes.indexOf(CR, from) === -1) return lf + 2;
  const hasCr = bytes.indexOf(CR, from);
  if (hasCr < 0) return -1;
  for (let i = from; i < bytes.length; i++) {
    const first = lineEnding(bytes, i);
    if (!first) continue;
    if (i + first >= bytes.length) return -1;
    const second = lineEnding(bytes, i + first);
    if (second) {
      const end = i + first + second;
      return bytes[end - 1] === CR && end === bytes.length ? -1 : end;
    }
    i += first - 1;
  }
  return -1;
}

function lineEnding(bytes: Buffer, i: number): 0 | 1 | 2 {
  if (bytes[i] === LF) return 1;
  if (bytes[i] === CR) return bytes[i + 1] === LF ? 2 : 1;
  return 0;
}

function parse(bytes: Buffer): SseFrame {
  const text = bytes.toString('utf8');
  // by far the most frequent frame: one data line
  if (text.startsWith('data: ') && text.indexOf('\n') === text.length - 2)
    return { event: '', data: text.slice(6, -2), bytes };
  let event = '';
  let data: string | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (!line || line.startsWith(':')) continue;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') event = value;
    else if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
  }
  return { event, data: data ?? '', bytes };
}
