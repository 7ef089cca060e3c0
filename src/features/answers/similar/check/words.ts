/** Letters and digits, joined by single signs that stand within a word: don't, e-mail, v2.1, a/b. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’._/@:+-][\p{L}\p{M}\p{N}]+)*/gu;

/** The words of a text as written, in order. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}
