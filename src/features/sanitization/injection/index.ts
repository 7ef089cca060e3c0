/** Prompt injection: rules, spotlighting, canaries, checks of answers, and the door to a classifier. */
export { BLOCK_THRESHOLD, CLEAN, combine, FLAG_THRESHOLD, isFlagged } from './assessment';
export type { Assessment, MatchedRule, Provenance, Signal } from './assessment';
export { assessLong, type LongAssessment, type Patience } from './assess-long';
export { CanaryWatch, leakIn, mintCanary, plant, type Canary } from './canary';
export { classified, type Classified } from './classified';
export { InjectionRules } from './injection-rules';
export { FAMILIES, type Family } from './rules/rule';
export { DetectorUnavailable, InjectionDetector, windowsOf, type DetectorFailure, type Windows } from './detector';
export { ATTACK_LABELS, HttpInjectionDetector, type HttpDetectorSettings } from './http-injection-detector';
export { checkOutput, isAllowed } from './output-checks';
export type { OutputFault, OutputFinding, OutputPolicy } from './output-checks';
export { mintMarker, spotlight, spotlightNotice, type Marker, type SpotlightOptions } from './spotlight';
