import { isFunctionWord, type Language } from './languages';
import { opensSentence } from './sentence-start';

/** Letters that are words themselves. */
const WORDS: Readonly<Record<Language, string>> = { en: 'ai', pt: 'aoeéàu', es: 'aoeyuó' };
const LETTER = /(?<![\p{L}\p{M}\p{N}'’._/@:+-])\p{L}(?![\p{L}\p{M}\p{N}]|['’._/@:+-][\p{L}\p{N}])/gu;
const ENDS = /^\s*(?:$|[.,;:!?)"”’…])/u;

/**
 * Single letters that name something, in order: plan A, hepatitis b, vitamin d. One that is a word too names something where no word
 * follows, or where it is large within a sentence.
 */
export function labelsIn(prose: string, language: Language | undefined): readonly string[] {
  const words = language ? WORDS[language] : '';
  return [...prose.matchAll(LETTER)].flatMap(({ 0: letter, index }) => {
    const small = letter.toLowerCase();
    if (language === 'en' && small === 'i') return [];
    const isLarge = letter !== small && !opensSentence(prose, index);
    const isWord = words.includes(small) && !isLarge && !ENDS.test(prose.slice(index + letter.length));
    return isWord ? [] : [small];
  });
}

const CAPITALS = /(?<![\p{L}\p{M}\p{N}])\p{Lu}{2,}(?![\p{L}\p{M}\p{N}])/gu;

/** Abbreviations that would be words of no weight in small letters, in order: US, IT, WHO. Who writes in capitals alone names nothing by them. */
export function abbreviationsIn(prose: string, language: Language | undefined): readonly string[] {
  if (!/\p{Ll}/u.test(prose)) return [];
  return (prose.match(CAPITALS) ?? []).filter((word) => isFunctionWord(word.toLowerCase(), language ?? 'en'));
}

/**
 * Measures that are others in other letters: Mb is bits and MB bytes, mW a thousandth and MW a million. Small letters alone may be either, and
 * what is usual (MB, MW) is what they mean.
 */
const UNUSUAL = /(?<![\p{L}\p{M}])(?:[KMGTP]b|m[AJVW])(?![\p{L}\p{M}\p{N}])/gu;

/** Measures that their letters tell from the usual one, in order. */
export function unusualMeasuresIn(prose: string): readonly string[] {
  return prose.match(UNUSUAL) ?? [];
}
