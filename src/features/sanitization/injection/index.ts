/** Prompt injection: rules, spotlighting, canaries, checks of answers, and the door to a classifier. */
export { BLOCK_THRESHOLD, CLEAN, combine, FLAG_THRESHOLD, isFlagged } from './assessment';
export type { Assessment, MatchedRule, Provenance, Signal } from './assessment';
export { assessLong, type LongAssessment, type Patience } from './assess-long';
export { CanaryWatch, leakIn, mintCanary, plant, type Canary } from './canary';
export { InjectionRules } from './injection-rules';
export { FAMILIES, type Family } from './rules/rule';
