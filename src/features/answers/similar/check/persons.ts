import type { Language } from './languages';

export type Person = 'speaker' | 'speakers' | 'hearer' | 'he' | 'she' | 'they' | 'they, women' | 'it' | 'another';

type Persons = ReadonlyMap<string, Person>;
const persons = (lines: Partial<Record<Person, string>>): Persons =>
  new Map(
    Object.entries(lines).flatMap(([person, words]) =>
      words.split(' ').map((word): [string, Person] => [word, person as Person]),
    ),
  );
/** Portuguese "seu" and Spanish "su" agree with the thing, and are taken for the hearer's. */
const OWNERS: Readonly<Record<Language, Persons>> = {
  en: persons({
    speaker: 'my mine',
    speakers: 'our ours',
    hearer: 'your yours',
    he: 'his',
    she: 'her hers',
    they: 'their theirs',
    it: 'its',
  }),
  pt: persons({
    speaker: 'meu minha meus minhas',
    speakers: 'nosso nossa nossos nossas',
    hearer: 'seu sua seus suas teu tua teus tuas',
  }),
  es: persons({
    speaker: 'mi mis',
    speakers: 'nuestro nuestra nuestros nuestras',
    hearer: 'su sus tu tus vuestro vuestra vuestros vuestras',
  }),
};
/** Only after a preposition: before a verb, "I" and "you" often mean anybody. */
const OBJECTS: Readonly<Record<Language, Persons>> = {
  en: persons({ speaker: 'me', speakers: 'us', hearer: 'you', he: 'him', she: 'her', they: 'them', it: 'it' }),
  pt: persons({ speaker: 'mim comigo', speakers: 'nós conosco', hearer: 'você vocês ti contigo' }),
  es: persons({ speaker: 'mí conmigo', speakers: 'nosotros nosotras', hearer: 'usted ustedes ti contigo' }),
};
const PREPOSITIONS = new Set(
  'about for from with by to of against without sobre para por com de sem contra con sin a'.split(' '),
);

/** In English after an auxiliary verb; elsewhere the verb itself says it. */
const SUBJECTS: Readonly<Record<Language, Persons>> = {
  en: persons({ speaker: 'i', speakers: 'we', hearer: 'you', he: 'he', she: 'she', they: 'they', it: 'it' }),
  pt: persons({
    speaker: 'posso consigo preciso tenho quero',
    speakers: 'podemos conseguimos precisamos temos queremos',
    another: 'pode consegue precisa tem quer',
    they: 'podem conseguem precisam têm querem',
  }),
  es: persons({
    speaker: 'puedo necesito tengo quiero',
    speakers: 'podemos necesitamos tenemos queremos',
    another: 'puede puedes necesita necesitas tiene tienes quiere quieres',
    they: 'pueden necesitan tienen quieren',
  }),
};
const AUXILIARIES = new Set('can could may might do does did will would should shall am are must'.split(' '));

/**
 * Who is to do it, where that is asked: can I, can you, posso, podemos. Undefined where the words do not say.
 * @param words without courtesies
 */
export function subjectOf(words: readonly string[], language: Language | undefined): Person | undefined {
  if (!language) return undefined;
  const subjects = SUBJECTS[language];
  if (language !== 'en') return subjects.get(words.find((word) => subjects.has(word)) ?? '');
  const at = words.findIndex((word, i) => AUXILIARIES.has(word) && subjects.has(words[i + 1] ?? ''));
  return at < 0 ? undefined : subjects.get(words[at + 1] ?? '');
}

/**
 * Whose the things are, and of whom is spoken: by the word that matters next, or the preposition before.
 * @param content what each word means, undefined for one that does not matter
 */
export function personsIn(
  words: readonly string[],
  content: readonly (string | undefined)[],
  language: Language | undefined,
): Persons {
  const found = new Map<string, Person>();
  if (!language) return found;
  for (const [i, word] of words.entries()) {
    const before = words[i - 1] ?? '';
    const object = PREPOSITIONS.has(before) ? OBJECTS[language].get(word) : undefined;
    if (object) found.set(`${before} …`, object);
    const owner = OWNERS[language].get(word);
    if (owner) found.set(content.slice(i + 1).find((next) => next !== undefined) ?? '', owner);
  }
  return found;
}

/** Whether both say of whom, and not the same. What one leaves open is no contradiction. */
export function areOtherPersons(a: Persons, b: Persons): boolean {
  for (const [of, person] of a) if (b.has(of) && b.get(of) !== person) return true;
  return false;
}
