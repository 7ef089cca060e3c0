import type { Language } from './languages';
import type { Person } from './persons';

/** Whoever takes part in a talk; the others are spoken of. */
const TALKING: ReadonlySet<Person> = new Set<Person>(['speaker', 'speakers', 'hearer']);

type Form = 'subject' | 'object';
/** A pronoun: who it is, and whether it can only do or only suffer something. */
type Pronoun = readonly [person: Person, form?: Form];
type Line = readonly [words: string, ...pronoun: Pronoun];

const pronouns = (...lines: readonly Line[]): ReadonlyMap<string, Pronoun> =>
  new Map(
    lines.flatMap(([words, person, form]) => words.split(' ').map((word): [string, Pronoun] => [word, [person, form]])),
  );
const PRONOUNS: Readonly<Record<Language, ReadonlyMap<string, Pronoun>>> = {
  en: pronouns(
    ['i', 'speaker', 'subject'],
    ['me', 'speaker', 'object'],
    ['my mine', 'speaker'],
    ['we', 'speakers', 'subject'],
    ['us', 'speakers', 'object'],
    ['our ours', 'speakers'],
    ['you your yours', 'hearer'],
    ['he', 'he', 'subject'],
    ['him', 'he', 'object'],
    ['his', 'he'],
    ['she', 'she', 'subject'],
    ['her hers', 'she'],
    ['they', 'they', 'subject'],
    ['them', 'they', 'object'],
    ['their theirs', 'they'],
  ),
  pt: pronouns(
    ['eu me mim meu minha meus minhas comigo', 'speaker'],
    ['nós nosso nossa nossos nossas conosco', 'speakers'],
    ['você vocês tu te ti contigo', 'hearer'],
    ['ele dele nele', 'he'],
    ['ela dela nela', 'she'],
    ['eles deles neles', 'they'],
    ['elas delas nelas', 'they, women'],
  ),
  es: pronouns(
    ['yo me mí mi mis conmigo', 'speaker'],
    ['nosotros nosotras nuestro nuestra nuestros nuestras', 'speakers'],
    ['tú tu tus te ti usted ustedes contigo', 'hearer'],
    ['le', 'another'],
    ['les', 'they'],
    ['él', 'he'],
    ['ella', 'she'],
    ['ellos', 'they'],
    ['ellas', 'they, women'],
  ),
};
/** Who is asked to give what, and nothing of what is asked. */
const GIVING = /\b(?:can|could|will|would) you (?:please )?(?:give|let) (?:me|us)\b/g;

/** Who is asked for, when somebody else does it: who did I block, (the one) who I blocked. */
const ASKED_FOR =
  /\bwhom? (?:(?:am|are|can|could|did|do|does|had|has|have|is|must|shall|should|was|were|will|would) )?(i|we|you|he|she|they)\b/g;

/** Persons of a text in the order in which they appear, each once, the forms of each (`he subject`), and which of them do something to whom is asked for. */
export interface Turns {
  readonly persons: readonly Person[];
  readonly forms: ReadonlySet<string>;
  readonly doers: readonly string[];
}

/** How much do I owe you, how much do you owe me. @param words without courtesies */
export function turnsOf(words: readonly string[], language: Language | undefined): Turns {
  if (!language) return { persons: [], forms: new Set(), doers: [] };
  const bare = words.join(' ').replace(GIVING, ' ').split(' ');
  const found = bare.flatMap((word) => {
    const pronoun = PRONOUNS[language].get(word.replace(/'.*$/u, ''));
    return pronoun ? [pronoun] : [];
  });
  return {
    persons: [...new Set(found.map(([person]) => person))],
    forms: new Set(found.flatMap(([person, form]) => (form ? `${person} ${form}` : []))),
    doers: language === 'en' ? [...words.join(' ').matchAll(ASKED_FOR)].map(([, person = '']) => person) : [],
  };
}

/** Whether two texts are about others, or two persons that both speak of are the other way round. */
export function areTurned(a: Turns, b: Turns): boolean {
  const [one, other] = [a.persons, b.persons].map((all) => all.filter((person) => !TALKING.has(person)).sort());
  if (one?.join() !== other?.join()) return true;
  const [ours, theirs] = [shared(a.persons, b.persons), shared(b.persons, a.persons)];
  return ours.some((person, i) => person !== theirs[i]);
}

/** Whether another of those who talk does it, or has it done. In "how do you do it", you and I are anybody. */
export function areOtherTalkers(a: Turns, b: Turns): boolean {
  if (lacking(a.persons, b.persons) && lacking(b.persons, a.persons)) return true;
  if (a.doers.join() !== b.doers.join()) return true;
  return a.persons.some((person) => {
    const [ours, theirs] = [formOf(a, person), formOf(b, person)];
    return ours !== undefined && theirs !== undefined && ours !== theirs;
  });
}

function shared(ours: readonly Person[], theirs: readonly Person[]): readonly Person[] {
  return ours.filter((person) => theirs.includes(person));
}

function lacking(ours: readonly Person[], theirs: readonly Person[]): boolean {
  return ours.some((person) => TALKING.has(person) && !theirs.includes(person));
}

/** The only form in which one appears. */
function formOf({ forms }: Turns, person: Person): Form | undefined {
  const [does, suffers] = [forms.has(`${person} subject`), forms.has(`${person} object`)];
  if (does === suffers) return undefined;
  return does ? 'subject' : 'object';
}
