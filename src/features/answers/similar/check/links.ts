import { isFunctionWord, type Language } from './languages';

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
  en: readings({ and: 'and', or: 'or', but: 'but' }),
  pt: readings({ e: 'and', ou: 'or' }),
  es: readings({ 'y e': 'and', 'o u ó': 'or' }),
};
/** Verbs that are said in many questions; "have to", "need to" and "tell me" are looked at elsewhere. */
const VERBS: Readonly<Record<Language, Readings>> = {
  en: readings({
    'have has having had': 'have',
    'need needs': 'need',
    'want wants': 'want',
    like: 'like',
    know: 'know',
    make: 'make',
    give: 'give',
    'show tell explain': 'show',
    help: 'help',
    'go going': 'go',
  }),
  pt: readings({
    'ser é são': 'be',
    'estar está estão': 'stand',
    'ter tem tenho': 'have',
    'preciso precisa': 'need',
    'quero queria gostaria': 'want',
    'fazer faço': 'make',
    saber: 'know',
    'dizer diga mostrar explicar': 'show',
    'ajudar ajuda': 'help',
  }),
  es: readings({
    'ser es son': 'be',
    'estar está están': 'stand',
    'tener tiene tengo': 'have',
    'necesito necesita': 'need',
    'quiero quisiera': 'want',
    'hacer hago': 'make',
    saber: 'know',
    'decir dígame dime decirme explicarme mostrarme mostrar explicar': 'show',
    'ayudar ayuda': 'help',
  }),
};
/** Behind a verb, it helps another: have to, need to, tell me; in Portuguese and Spanish also the verb itself. */
const HELPED: Readonly<Record<Language, RegExp>> = {
  en: /^(?:to|me|us)$/u,
  pt: /^(?:que|me)$|[aei]r$/u,
  es: /^(?:que|me)$|[aei]r(?:me|l[aeo]s?)?$/u,
};

type Reader = (words: readonly string[], at: number, language: Language) => readonly string[] | undefined;
const READERS: Readonly<Record<string, Reader>> = {
  way: prepositionAt,
  sum: (words, at, language) => CONJUNCTIONS[language].get(words[at] ?? ''),
  verb: verbAt,
};

/**
 * How each word that matters, and the end, is tied to the sentence: its direction (from, to, in), whether it comes on top, instead or is left out (and, or, but), and
 * whether one has, needs or wants it.
 * @param content what each word means, undefined for one that does not matter
 */
export function linksIn(
  words: readonly string[],
  content: readonly (string | undefined)[],
  language: Language | undefined,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  if (!language) return found;
  for (const [group, read] of Object.entries(READERS)) {
    let said: readonly string[] | undefined;
    for (const [i, meaning] of [...content, ''].entries()) {
      said = read(words, i, language) ?? said;
      if (meaning === undefined) continue;
      const key = `${group} ${meaning}`;
      if (said) found.set(key, [...(found.get(key) ?? []), ...said]);
      said = undefined;
    }
  }
  return found;
}

function prepositionAt(words: readonly string[], at: number, language: Language): readonly string[] | undefined {
  const table = PREPOSITIONS[language];
  const [word = '', next] = words.slice(at, at + 2);
  // after another preposition, the Portuguese "a" is an article
  if (word === 'a' && table.has(words[at - 1] ?? '')) return undefined;
  return word === 'to' && next !== undefined && !isFunctionWord(next, language) ? TO_VERB : table.get(word);
}

function verbAt(words: readonly string[], at: number, language: Language): readonly string[] | undefined {
  const before = words[at - 1] ?? '';
  if (HELPED[language].test(words[at + 1] ?? '')) return undefined;
  // "would like" wants or needs, "like" likes
  if (words[at] === 'like' && /^(?:would|.*'d)$/u.test(before)) return ['want', 'need'];
  return VERBS[language].get(words[at] ?? '');
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
