/** A stretch of a text that is sent at once. */
export interface Window {
  /** Where it begins in the whole text, in UTF-16 units. */
  readonly offset: number;
  readonly text: string;
}

/** What two neighbours share: longer than a name or an address, which so stands whole in one of them. */
const OVERLAP = 200;
/** How far an edge moves to stand between words. */
const WORD = 40;

/**
 * Windows of at most `characters` UTF-16 units that cover the text, neighbours overlapping. Edges stand between words where
 * there is a space nearby, and never within a surrogate pair. Stretches of nothing but space are left out.
 * @param characters at least 2; the overlap is at most a quarter of it
 */
export function* windowsOf(text: string, characters: number): Generator<Window> {
  const overlap = Math.min(OVERLAP, characters >> 2);
  const word = Math.min(WORD, overlap >> 1);
  for (let start = 0; ;) {
    const rest = text.length - start <= characters;
    const end = rest ? text.length : edgeBefore(text, start + characters, word);
    const part = text.slice(start, end);
    if (/\S/.test(part)) yield { offset: start, text: part };
    if (rest) return;
    start = edgeBefore(text, end - overlap, word);
  }
}

/** The nearest place at or before `at`, at most `reach` away, where a word begins; else between code points. */
function edgeBefore(text: string, at: number, reach: number): number {
  for (let edge = at; edge > at - reach; edge--) if (/\s/.test(text.charAt(edge - 1))) return edge;
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at;
}
