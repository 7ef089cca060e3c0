import type { Language } from './languages';

type Person = 'speaker' | 'hearer' | 'third';

const persons = (speaker: string, hearer: string, third: string): ReadonlyMap<string, Person> =>
  new Map(
    Object.entries({ speaker, hearer, third }).flatMap(([person, words]) =>
      words.split(' ').map((word): [string, Person] => [word, person as Person]),
    ),
  );
const OWNERS: Readonly<Record<Language, ReadonlyMap<string, Person>>> = {
  en: persons('my our mine ours', 'your yours', 'his her their its hers theirs'),
  pt: persons('meu minha meus minhas nosso nossa nossos nossas', 'seu sua seus suas teu tua', 'dele dela deles delas'),
  es: persons('mi mis nuestro nuestra nuestros nuestras', 'su sus tu tus vuestro vuestra', 'suyo suya suyos suyas'),
};
/** Only after a preposition: before a verb, "I" and "you" often mean anybody. */
const OBJECTS: Readonly<Record<Language, ReadonlyMap<string, Person>>> = {
  en: persons('me us', 'you', 'him her them'),
  pt: persons('mim nós comigo conosco', 'você vocês ti contigo', 'ele ela eles elas'),
  es: persons('mí nosotros nosotras conmigo', 'usted ustedes ti contigo', 'él ella ellos ellas'),
};
const PREPOSITIONS = new Set(
  'about for from with by to of against without sobre para por com de sem contra con sin a'.split(' '),
);

const SUBJECTS: ReadonlyMap<string, Person> = new Map([
  ['i', 'speaker'],
  ['we', 'speaker'],
  ['you', 'hearer'],
]);
const AUXILIARIES = new Set('can could may do did will would should am are must'.split(' '));

/** Who is to do it, where that is asked: can I, can you. Undefined where the words do not say. */
export function subjectOf(words: readonly string[]): Person | undefined {
  const at = words.findIndex((word, i) => AUXILIARIES.has(word) && SUBJECTS.has(words[i + 1] ?? ''));
  return at < 0 ? undefined : SUBJECTS.get(words[at + 1] ?? '');
}

/**
 * Whose the things are, and of whom is spoken: by the word that matters next, or the preposition before.
 * @param content what each word means, undefined for one that does not matter
 */
export function personsIn(
  words: readonly string[],
  content: readonly (string | undefined)[],
  language: Language | undefined,
): ReadonlyMap<string, Person> {
  const found = new Map<string, Person>();
  if (!language) return found;
  for (const [i, word] of words.entries()) {
    const before = words[i - 1] ?? '';
    const object = PREPOSITIONS.has(before) ? OBJECTS[language].get(word) : undefined;
    if (object) found.set(`${before} …`, object);
    const owner = OWNERS[language].get(word);
    const owned = owner && content.slice(i + 1).find((next) => next !== undefined);
    if (owner && owned) found.set(owned, owner);
  }
  return found;
}

/** Whether both say of whom, and not the same. What one leaves open is no contradiction. */
export function areOtherPersons(a: ReadonlyMap<string, Person>, b: ReadonlyMap<string, Person>): boolean {
  for (const [of, person] of a) if (b.has(of) && b.get(of) !== person) return true;
  return false;
}
