/** What an attack tries to do. The names appear in policies and records: they never change. */
export const FAMILIES = [
  'override',
  'extraction',
  'role_marker',
  'boundary_spoof',
  'persona',
  'encoding_request',
  'authority',
  'tool_coercion',
  'exfiltration',
  'flood',
  /** Not a wish but a way: an instruction found in encoded, reversed or invisible text. */
  'obfuscation',
] as const;
export type Family = (typeof FAMILIES)[number];
export type Language = 'en' | 'pt' | 'es' | 'any';

interface OfRule {
  readonly id: string;
  readonly family: Family;
  readonly language: Language;
  /** 0 to 1: how sure this rule alone is. */
  readonly weight: number;
}

/**
 * Words in order, matched on tokens. An element is a word, alternatives `a|b`, or a class of the lexicon `{name}`;
 * `~3` lets up to three other words stand between its neighbours; a leading `^` wants the phrase to open a clause, a `$` at the end wants it to end one.
 */
export interface PhraseRule extends OfRule {
  readonly phrases: readonly string[];
  /** The rule does not hold after a negation: "do not ignore the previous rules". */
  readonly unlessNegated?: boolean;
  /** The phrase tells by itself that it is meant for whoever reads it: it counts in full wherever it stands. */
  readonly speaksToReader?: boolean;
}

/**
 * A pattern in RE2 syntax, every quantifier bounded, matched on the text with its case kept. It is only looked for where
 * one of the `triggers` (lower-case literals) occurs.
 */
export interface PatternRule extends OfRule {
  readonly pattern: string;
  readonly triggers: readonly string[];
  /** Matched against what was found; when it matches too, the rule does not hold. */
  readonly unless?: string;
}

export type Rule = PhraseRule | PatternRule;

/** Words by class, lower-case and without accents. */
export type Lexicon = Readonly<Record<string, readonly string[]>>;
