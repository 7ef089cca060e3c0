import type { Language } from './languages';

/** Words that say which way something goes. Their place among the other words changes with the style; what follows them must not. */
const LEADING: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(['from', 'by', 'against', 'between', 'except', 'than', 'until', 'unless', 'per', 'if', 'because']),
  pt: new Set(['desde', 'contra', 'entre', 'exceto', 'até', 'sobre', 'se', 'porque']),
  es: new Set(['desde', 'contra', 'entre', 'excepto', 'hasta', 'sobre', 'si', 'porque']),
};
const PAST = new Set(['did', 'was', 'were', 'had']);

/**
 * Each leading word with the word that matters next, sorted; and whether the text is of the past, where an auxiliary verb says so.
 * @param content what each word means, undefined for one that does not matter
 */
export function relationsIn(
  words: readonly string[],
  content: readonly (string | undefined)[],
  language: Language | undefined,
): readonly string[] {
  if (!language) return [];
  const found = words.flatMap((word, i) =>
    LEADING[language].has(word) ? `${word} ${content.slice(i + 1).find((next) => next !== undefined) ?? ''}` : [],
  );
  if (language === 'en' && words.some((word) => PAST.has(word))) found.push('past');
  return found.sort();
}
