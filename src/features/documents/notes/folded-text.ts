const QUOTES = /[\u2018\u2019\u201a\u201b\u2032`\u00b4]/g;
const DOUBLE_QUOTES = /[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/g;
const DASHES = /[\p{Pd}\u2212\u2043]/gu;
const UNSEEN = /[\p{Cf}\s]/gu;
/** A word that was broken at the end of a line, or is spelt with a hyphen elsewhere. */
const HYPHENS = /(\p{L})-+/gu;

/**
 * A text as it is compared: what a page is set with – line ends, hyphens, ligatures, curly quotes, case – does not count; letters, digits and signs
 * do.
 */
export function folded(text: string): string {
  return text
    .normalize('NFKC')
    .replace(DASHES, '-')
    .replace(UNSEEN, '')
    .replace(HYPHENS, '$1')
    .replace(QUOTES, "'")
    .replace(DOUBLE_QUOTES, '"')
    .toLowerCase();
}
