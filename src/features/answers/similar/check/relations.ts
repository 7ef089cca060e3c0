import type { Language } from './languages';

/** Words that say which way something goes. Their place among the other words changes with the style; what follows them must not. */
const LEADING: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(['from', 'by', 'against', 'between', 'except', 'than', 'until', 'unless', 'per', 'if', 'because']),
  pt: new Set(['desde', 'contra', 'entre', 'exceto', 'até', 'sobre', 'se', 'porque']),
  es: new Set(['desde', 'contra', 'entre', 'excepto', 'hasta', 'sobre', 'si', 'porque']),
};
const PAST: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(['did', 'was', 'were', 'had']),
  pt: new Set(['foi', 'foram', 'era', 'eram', 'estava', 'estavam']),
  es: new Set(['fue', 'fueron', 'era', 'eran', 'estaba', 'estaban']),
};
/** Has it arrived, why have you shipped it: over, like "did it arrive". */
const OVER =
  /^(?:(?:when|where|why|how|who|what) )?(?:has|have) (?:i|you|we|they|he|she|it|my|your|our|his|her|their|the|this|that|these|those|any|all)\b/u;
/** Words of no weight that make another thing of those beside them: a few are some, few are hardly any. */
const PHRASES: Readonly<Record<Language, RegExp>> = {
  en: /\b(?:a few|a little|with or without)\b/gu,
  pt: /\bcom ou sem\b/gu,
  es: /\bcon o sin\b/gu,
};
const BEING = new Set([
  'am',
  'is',
  'are',
  'was',
  'were',
  'be',
  'been',
  'being',
  "isn't",
  "aren't",
  "wasn't",
  "weren't",
]);
const SUFFERED = /(?<!e)ed$/u;
/** So many words behind "is" its participle may stand: is the blue parcel delivered. */
const REACH = 4;

/**
 * Each leading word with the word that matters next, and phrases, sorted; whether the text is of the past, where an auxiliary verb says so; and what
 * is done to somebody, who does not do it: can I be charged.
 * @param content what each word means, undefined for one that does not matter
 * @param asked words without courtesies
 */
export function relationsIn(
  words: readonly string[],
  content: readonly (string | undefined)[],
  asked: readonly string[],
  language: Language | undefined,
): readonly string[] {
  if (!language) return [];
  const found = words.flatMap((word, i) =>
    LEADING[language].has(word) ? `${word} ${content.slice(i + 1).find((next) => next !== undefined) ?? ''}` : [],
  );
  found.push(...(words.join(' ').match(PHRASES[language]) ?? []));
  if (words.some((word) => PAST[language].has(word)) || (language === 'en' && OVER.test(asked.join(' '))))
    found.push('past');
  return [...found, ...(language === 'en' ? sufferedIn(words, content) : [])].sort();
}

function sufferedIn(words: readonly string[], content: readonly (string | undefined)[]): readonly string[] {
  const isSuffered = (at: number): boolean =>
    SUFFERED.test(words[at] as string) && words.slice(Math.max(0, at - REACH), at).some((word) => BEING.has(word));
  return [...new Set(content.flatMap((meaning, i) => (meaning !== undefined && isSuffered(i) ? `is ${meaning}` : [])))];
}
