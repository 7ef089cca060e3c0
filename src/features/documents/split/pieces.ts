/** Where a text is best cut: after a line, a sentence, a word. The first that lies far enough in. */
const SEAMS = [/\n/g, /[.!?;:。！？]\s/g, /\s/g];
const LEAST_SHARE = 0.5;
/** As tokens are estimated. */
const NARROW = 1 / 4;
const WIDE = 1 / 1.7;
const LAST_NARROW = 0x2ff;

/**
 * Cuts a text into pieces of at most so many tokens, estimated; put together they are the text. At a seam where there is one, never in a
 * character, whatever it takes. Linear in the text.
 */
export function pieces(text: string, tokens: number): readonly string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length;) {
    const most = endWithin(text, from, tokens);
    const to = most === text.length ? most : from + cutAt(text.slice(from, most), text[most] ?? '');
    found.push(text.slice(from, to));
    from = to;
  }
  return found;
}

/** Where so many tokens end; at least one unit further on. */
function endWithin(text: string, from: number, tokens: number): number {
  let weight = 0;
  for (let i = from; i < text.length; i++) {
    weight += text.charCodeAt(i) > LAST_NARROW ? WIDE : NARROW;
    if (weight > tokens) return Math.max(i, from + 1);
  }
  return text.length;
}

function cutAt(window: string, next: string): number {
  for (const seam of SEAMS) {
    let last = 0;
    for (const match of window.matchAll(seam)) last = match.index + match[0].length;
    if (last >= window.length * LEAST_SHARE) return last;
  }
  // not between the halves of a character
  const isHalf = /[\ud800-\udbff]/.test(window.at(-1) ?? '') && /[\udc00-\udfff]/.test(next);
  if (!isHalf) return window.length;
  return window.length > 1 ? window.length - 1 : 2;
}
