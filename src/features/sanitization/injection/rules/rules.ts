import { ENGLISH_RULES } from './english';
import { ENGLISH } from './lexicon-en';
import { SPANISH } from './lexicon-es';
import { PORTUGUESE } from './lexicon-pt';
import { MARKER_RULES } from './markers';
import { ROMANCE_RULES } from './romance';
import type { Language, Lexicon, Rule } from './rule';

export interface RuleSet {
  /** Of the rules, not of the program: it changes whenever an assessment may. */
  readonly version: string;
  readonly lexicons: Readonly<Record<Exclude<Language, 'any'>, Lexicon>>;
  readonly rules: readonly Rule[];
}

/** The rules that are shipped. They are part of the program: there is no file that could be missing or half right. */
export const RULES: RuleSet = {
  version: '2026.11.3',
  lexicons: { en: ENGLISH, pt: PORTUGUESE, es: SPANISH },
  rules: [...ENGLISH_RULES, ...ROMANCE_RULES, ...MARKER_RULES],
};
