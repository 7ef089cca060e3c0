/** Text that was put into base64 to be carried. */
export interface EncodedText {
  readonly text: string;
  /** Another text, spelt the same way. */
  with(text: string): string;
}

/** Shorter ones may as well be somebody's number. */
const LEAST_BYTES = 64;
const ENCODED = /^[\w+/=-]+\s*$/;
const DATA_URL = /^data:([^,;]{0,100})((?:;[^,;]{1,100}){0,8}),/;
const TEXT_MEDIA = /^(text\/|application\/(json|xml|x-yaml|yaml|csv|javascript)|message\/)/;

/** Whether a text is nothing but base64, and long enough to be bytes. */
export function isEncoded(text: string): boolean {
  return text.length >= LEAST_BYTES && ENCODED.test(text);
}

/** The text in a `data:` URL; `bytes` when it holds something else; undefined when it is none. */
export function textUrl(url: string): EncodedText | 'bytes' | undefined {
  if (!url.startsWith('data:')) return undefined;
  const head = DATA_URL.exec(url);
  if (!head) return undefined;
  const [start, media = '', parameters = ''] = head;
  const content = url.slice(start.length);
  if (!/;\s*base64$/i.test(parameters)) {
    const text = percentDecoded(content);
    return text === undefined ? undefined : encoded(text, (other) => start + encodeURIComponent(other), url);
  }
  if (!TEXT_MEDIA.test(media)) return isBase64(content) ? 'bytes' : undefined;
  const inside = asText(content);
  return inside && { text: inside.text, with: (other) => (other === inside.text ? url : start + inside.with(other)) };
}

/** The UTF-8 text that base64 stands for; undefined when it is none. */
export function asText(base64: string): EncodedText | undefined {
  if (!isBase64(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return encoded(text, (other) => Buffer.from(other).toString('base64'), base64);
  } catch {
    return undefined;
  }
}

function encoded(text: string, spell: (text: string) => string, original: string): EncodedText {
  return { text, with: (other) => (other === text ? original : spell(other)) };
}

function isBase64(text: string): boolean {
  // the blanks at the end belong to one part alone: time would grow with their square otherwise
  return /^[\w+/\s-]*(?:=\s*){0,2}$/.test(text);
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
