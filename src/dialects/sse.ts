import { GatewayError } from '../contract/errors';

export interface SseFrame {
  /** The `event:` field; empty when absent. */
  readonly event: string;
  /** The `data:` lines joined by newlines; empty for comments. */
  readonly data: string;
  /** The frame as received, its closing blank line included. */
  readonly bytes: Buffer;
}

const EMPTY = Buffer.alloc(0);
/** A blank line, as CR LF CR LF, may be cut after any of its first three bytes. */
const TAIL_BYTES = 3;
const LF = 10;
const CR = 13;

/**
 * Cuts a byte stream into server-sent-event frames, wherever the network cut it: inside a frame, a line ending or a UTF-8
 * sequence. Knows LF, CRLF and CR line endings. Bounded: a frame above `maxBytes` is refused.
 * Source: WHATWG HTML, "Server-sent events".
 */
export class SseSplitter {
  /** What has come of a frame that is not complete. Joined only when it is, so that every byte is copied once. */
  private pending: Buffer[] = [];
  private size = 0;
  /** The last bytes of `pending`, where a blank line may begin. */
  private tail: Buffer = EMPTY;

  constructor(private readonly maxBytes = 16 * 1024 * 1024) {}

  push(chunk: Buffer): SseFrame[] {
    if (!chunk.length) return [];
    if (this.size) {
      const window = Buffer.concat([this.tail, chunk]);
      if (blankLineEnd(window, 0) < 0) return this.keep(chunk, window);
    }
    const bytes = this.size ? Buffer.concat([...this.pending, chunk]) : chunk;
    let from = Math.max(0, this.size - TAIL_BYTES);
    this.clear();
    const frames: SseFrame[] = [];
    let start = 0;
    const hasCr = bytes.includes(CR);
    for (let end = blankLineEnd(bytes, from, hasCr); end >= 0; end = blankLineEnd(bytes, from, hasCr)) {
      frames.push(parse(bytes.subarray(start, end)));
      start = from = end;
    }
    if (start < bytes.length) this.keep(bytes.subarray(start), bytes.subarray(start));
    return frames;
  }

  /** What is left when the stream ends. The standard discards an unfinished frame; real servers forget the last newline. */
  end(): SseFrame[] {
    const left = Buffer.concat(this.pending);
    this.clear();
    return left.toString().trim() ? [parse(Buffer.concat([left, Buffer.from('\n\n')]))] : [];
  }

  private keep(chunk: Buffer, window: Buffer): [] {
    this.pending.push(chunk);
    this.size += chunk.length;
    // a copy: a view would keep the whole of what the network delivered
    this.tail = Buffer.from(window.subarray(-TAIL_BYTES));
    if (this.size > this.maxBytes)
      throw new GatewayError('provider_failed', `The provider sent a stream frame of more than ${this.maxBytes} bytes`);
    return [];
  }

  private clear(): void {
    this.pending = [];
    this.size = 0;
    this.tail = EMPTY;
  }
}

/** Index just after the next blank line, or -1. A CR at the very end waits: an LF may follow. */
function blankLineEnd(bytes: Buffer, from: number, hasCr = bytes.includes(CR, from)): number {
  if (!hasCr) {
    const at = bytes.indexOf('\n\n', from, 'latin1');
    return at < 0 ? -1 : at + 2;
  }
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
  if (text.startsWith('data: ') && text.indexOf('\n') === text.length - 2 && !text.includes('\r'))
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
