import type { Source } from '../../contract/request';

type Inline = Extract<Source, { kind: 'base64' }>;

/** Longer than any sensible header: what follows may be megabytes and is not searched. */
const MAX_HEADER = 256;

/** Reads `data:image/png;base64,…`. Undefined for anything else. */
export function readDataUrl(url: string): Inline | undefined {
  const start = url.slice(0, MAX_HEADER);
  const header = /^data:([^;,]+)(?:;[^;,]+)*;base64,/i.exec(start);
  return header ? { kind: 'base64', mediaType: header[1].toLowerCase(), data: url.slice(header[0].length) } : undefined;
}

export function writeDataUrl({ mediaType, data }: Inline): string {
  return `data:${mediaType};base64,${data}`;
}
