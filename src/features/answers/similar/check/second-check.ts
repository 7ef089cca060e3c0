import { areOtherLinks } from './links';
import { areOtherModalities } from './modality';
import { areOpposed } from './opposites';
import { areOtherPersons } from './persons';
import { type Traits, traitsOf } from './traits';
import { areOtherTalkers, areTurned } from './turns';

/** Why the answer to one question is not given to another, however near they are. */
export const DOUBTS = [
  'masked',
  'code',
  'language',
  'length',
  'numbers',
  'signs',
  'quotes',
  'names',
  'negation',
  'kind',
  'opposites',
  'relations',
  'persons',
  'words',
  'order',
] as const;
export type Doubt = (typeof DOUBTS)[number];

/** One question is at most this many times as long as the other. */
const LENGTH_FACTOR = 2.5;
/** Texts this short differ in length by little. */
const SHORT = 40;

/** Words that must be shared where one may differ: a question of few words is another one with one of them changed. */
const SHARED = 2;

type Test = (a: Traits, b: Traits) => boolean;

/** Whether two questions differ in what each is named after. */
const DIFFER: Readonly<Record<Doubt, Test>> = {
  // what a token stands for is known to its own call alone
  masked: (a, b) => a.masked || b.masked,
  code: (a, b) => !sameList(a.code, b.code),
  language: (a, b) => a.language !== b.language || a.script !== b.script,
  length: (a, b) => {
    const [short, long] = [a.characters, b.characters].sort((x, y) => x - y) as [number, number];
    return long > SHORT && long > LENGTH_FACTOR * short;
  },
  numbers: (a, b) => !sameList(a.numbers, b.numbers),
  signs: (a, b) => !sameList(a.signs, b.signs),
  quotes: (a, b) => !sameList(a.quotes, b.quotes),
  // a name may be written small in the other, but it must be there
  names: (a, b) =>
    !a.names.every((name) => b.words.has(name)) ||
    !b.names.every((name) => a.words.has(name)) ||
    !sameList(a.labels, b.labels),
  negation: (a, b) => a.negations !== b.negations,
  kind: (a, b) =>
    a.kind !== b.kind ||
    !sameList(a.further, b.further) ||
    (a.kind !== 'manner' && areOtherModalities(a.modalities, b.modalities)),
  opposites: (a, b) => areOpposed(a.words, b.words),
  relations: (a, b) => !sameList(a.relations, b.relations) || areOtherLinks(a.links, b.links),
  persons: (a, b) =>
    areOtherPersons(a.persons, b.persons) ||
    !sameList(a.addresses, b.addresses) ||
    areTurned(a.turns, b.turns) ||
    (a.kind !== 'manner' && (areOtherSubjects(a, b) || areOtherTalkers(a.turns, b.turns))),
  words: (a, b) => lacking(a, b).length + lacking(b, a).length > 0,
  order: (a, b) => !sameList(shared(a, b), shared(b, a)),
};

/**
 * The first reason for doubt; undefined when one may be given the other's answer.
 * @param oneWord whether each may have one word that matters and the other has not, in a language that is known: somebody else vouches that these
 *   mean the same
 */
export function doubtBetween(a: Traits, b: Traits, { oneWord = false } = {}): Doubt | undefined {
  // a few words may not tell their language: then they are read in the other's
  const asked = a.language || !b.language ? a : traitsOf(a.text, b.language);
  const kept = b.language || !a.language ? b : traitsOf(b.text, a.language);
  // nobody knows which words turn a question round in a language that is none of those known
  const isLoose = oneWord && asked.language !== undefined;
  const doubt = DOUBTS.find((name) => DIFFER[name](asked, kept) && !(isLoose && name === 'words'));
  if (doubt || !isLoose) return doubt;
  const isOne = lacking(asked, kept).length <= 1 && lacking(kept, asked).length <= 1;
  const isSame = !DIFFER.words(asked, kept);
  return isSame || (isOne && new Set(shared(asked, kept)).size >= SHARED) ? undefined : 'words';
}

function areOtherSubjects(a: Traits, b: Traits): boolean {
  return a.subject !== undefined && b.subject !== undefined && a.subject !== b.subject;
}

/** Words of one that the other has not. */
function lacking(a: Traits, b: Traits): readonly string[] {
  const others = new Set(b.content);
  return [...new Set(a.content)].filter((word) => !others.has(word));
}

/** Words of one that the other has too, in its own order. */
function shared(a: Traits, b: Traits): readonly string[] {
  const others = new Set(b.content);
  return a.content.filter((word) => others.has(word));
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
