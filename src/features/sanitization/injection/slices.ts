/** A stretch of a long text. */
export interface Slice {
  readonly text: string;
  /** UTF-16 offset of its first character in the whole. */
  readonly start: number;
}

export const SLICE = 16_384;
/** What a phrase may be long, so that none is lost between two slices. */
export const OVERLAP = 512;

/** Cuts a text into overlapping slices, never through a surrogate pair; a text that fits stays whole. */
export function slices(text: string, length = SLICE, overlap = OVERLAP): readonly Slice[] {
  if (text.length <= length) return [{ text, start: 0 }];
  const cut: Slice[] = [];
  for (let start = 0; ;) {
    const end = whole(text, Math.min(text.length, start + length));
    cut.push({ text: text.slice(start, end), start });
    if (end >= text.length) return cut;
    start = whole(text, end - overlap);
  }
}

function whole(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return at < text.length && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
