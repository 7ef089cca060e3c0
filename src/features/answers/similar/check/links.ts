import type { Language } from './languages';

/** What a word that ties others to the sentence may say, by word. */
type Readings = ReadonlyMap<string, readonly string[]>;
const readings = (lines: Readonly<Record<string, string>>): Readings =>
  new Map(
    Object.entries(lines).flatMap(([words, said]) =>
      words.split(' ').map((word): [string, readonly string[]] => [word, said.split(' ')]),
    ),
  );

/** Before a verb, "to" says what for. */
const TO_VERB = ['goal', 'purpose'];
const PREPOSITIONS: Readonly<Record<Language, Readings>> = {
  en: readings({
    'to into': 'goal',
    from: 'source',
    'in at': 'place',
    on: 'place topic',
    about: 'topic',
    for: 'purpose',
    of: 'of purpose topic place',
    with: 'company',
    as: 'role',
  }),
  pt: readings({
    'para pra pro pras pros a ao à aos às': 'goal',
    'de do da dos das dum duma': 'source',
    'em no na nos nas num numa': 'place',
    'por pelo pela pelos pelas': 'way',
    com: 'company',
  }),
  es: readings({ 'para a al': 'goal', 'de del': 'source', en: 'place', por: 'way', con: 'company' }),
};
const CONJUNCTIONS: Readonly<Record<Language, Readings>> = {
  en: readings({ and: 'and', or: 'or' }),
  pt: readings({ e: 'and', ou: 'or' }),
  es: readings({ 'y e': 'and', 'o u ó': 'or' }),
};

/**
 * How each word that matters is tied to the sentence: its direction (from, to, in), and whether it comes on top or instead (and, or).
 * @param content what each word means, undefined for one that does not matter
 */
export function linksIn(
  words: readonly string[],
  content: readonly (string | undefined)[],
  language: Language | undefined,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  if (!language) return found;
  for (const [group, table] of Object.entries({ way: PREPOSITIONS, sum: CONJUNCTIONS })) {
    let said: readonly string[] | undefined;
    for (const [i, word] of words.entries()) {
      // after another preposition, the Portuguese "a" is an article
      const isArticle = word === 'a' && table[language].has(words[i - 1] ?? '');
      if (!isArticle) said = table[language].get(word) ?? said;
      const isBefore = content[i + 1] !== undefined;
      if (language === 'en' && word === 'to' && isBefore && group === 'way') said = TO_VERB;
      const meaning = content[i];
      if (meaning === undefined) continue;
      const key = `${group} ${meaning}`;
      if (said) found.set(key, [...(found.get(key) ?? []), ...said]);
      said = undefined;
    }
  }
  return found;
}

/** Whether a word is tied in two ways that no reading makes one. What one leaves open is no contradiction. */
export function areOtherLinks(
  a: ReadonlyMap<string, readonly string[]>,
  b: ReadonlyMap<string, readonly string[]>,
): boolean {
  for (const [key, ours] of a) {
    const theirs = b.get(key);
    if (theirs && !ours.some((reading) => theirs.includes(reading))) return true;
  }
  return false;
}
