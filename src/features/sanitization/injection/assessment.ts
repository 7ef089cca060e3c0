import type { Family } from './rules/rule';

/** Who wrote a text: the caller and the operator, or whoever filled the document, the page or the answer of a tool. */
export type Provenance = 'trusted' | 'untrusted';

/** From this score on a text is flagged. Nobody gives orders in what was fetched: there a weaker sign is enough. */
export const FLAG_THRESHOLD: Readonly<Record<Provenance, number>> = { trusted: 0.5, untrusted: 0.35 };
/** From this score on a policy that blocks does; at least two families, or one several times over, must agree. */
export const BLOCK_THRESHOLD = 0.9;

export interface MatchedRule {
  readonly id: string;
  readonly family: Family;
  /** UTF-16 offsets into the text as it was given; of a text that was decoded, where its encoded form stands. */
  readonly start: number;
  readonly end: number;
  /** What counted: the rule's own weight, or less where the phrase is only talked about. */
  readonly weight: number;
}

/** How a text was written, which says nothing by itself. */
export type Signal = 'invisible' | 'confusable' | 'smuggled' | 'disguised' | 'encoded' | 'quoted';

/** It never holds the text. */
export interface Assessment {
  /** 0 to 1. A sum of evidence, not a probability. */
  readonly score: number;
  readonly rules: readonly MatchedRule[];
  readonly signals: readonly Signal[];
}

export const CLEAN: Assessment = { score: 0, rules: [], signals: [] };

const REPEATED = 0.3;
const RULES_LISTED = 64;

/** Noisy-or: the strongest rule of each family counts in full, each further one 0.3 times as much as the one before. */
export function scoreOf(rules: readonly Pick<MatchedRule, 'family' | 'weight'>[]): number {
  const families = new Map<Family, number[]>();
  for (const { family, weight } of rules) {
    const weights = families.get(family);
    if (weights) weights.push(weight);
    else families.set(family, [weight]);
  }
  let innocent = 1;
  for (const weights of families.values())
    weights.sort((a, b) => b - a).forEach((weight, i) => (innocent *= 1 - weight * REPEATED ** i));
  return Math.round((1 - innocent) * 1_000) / 1_000;
}

/** Of rules of one family that found the same words only the strongest is evidence. */
export function withoutOverlaps(rules: readonly MatchedRule[]): readonly MatchedRule[] {
  const kept: MatchedRule[] = [];
  for (const rule of [...rules].sort((a, b) => b.weight - a.weight || a.start - b.start)) {
    if (kept.length >= RULES_LISTED) break;
    if (!kept.some((other) => other.family === rule.family && other.start < rule.end && rule.start < other.end))
      kept.push(rule);
  }
  return kept.sort((a, b) => a.start - b.start);
}

/**
 * What the parts of one request say together: the score of the worst, and every rule. Parts do not add up, because a long
 * conversation would be suspicious by its length.
 */
export function combine(assessments: readonly Assessment[]): Assessment {
  if (!assessments.length) return CLEAN;
  return {
    score: Math.max(...assessments.map(({ score }) => score)),
    rules: assessments.flatMap(({ rules }) => rules).slice(0, RULES_LISTED),
    signals: [...new Set(assessments.flatMap(({ signals }) => signals))],
  };
}

/** Whether a policy that flags would: see {@link FLAG_THRESHOLD}. */
export function isFlagged({ score }: Pick<Assessment, 'score'>, provenance: Provenance): boolean {
  return score >= FLAG_THRESHOLD[provenance];
}
