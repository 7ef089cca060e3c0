import type { Language, PhraseRule } from './rule';

/** Rules of one language as they are written: id, family, weight, phrases. */
export type PhraseList = readonly (readonly [
  id: string,
  family: PhraseRule['family'],
  weight: number,
  ...phrases: string[],
])[];

/** Orders of which "do not" makes the opposite. Those not to obey, and not to tell, are negated themselves. */
const NEGATABLE =
  /^(?:override[.](?:prior|own|all|given|everything|messages|above)|extraction[.](?:own|system|prior|verbatim|secret|key)|exfil[.]|tool[.](?:call|answer|silent[.]weak))/;

/** Phrases that end a clause, or name their reader. */
const SPEAKS_TO_READER = /^tool[.](?:silent|reader)/;

/** @param prefix of the ids, with its dot */
export function phraseRules(language: Language, prefix: string, list: PhraseList): readonly PhraseRule[] {
  return list.map(([name, family, weight, ...phrases]) => ({
    id: `${language}.${prefix}${name}`,
    family,
    language,
    weight,
    phrases,
    ...(NEGATABLE.test(prefix + name) ? { unlessNegated: true } : {}),
    ...(SPEAKS_TO_READER.test(prefix + name) ? { speaksToReader: true } : {}),
  }));
}
