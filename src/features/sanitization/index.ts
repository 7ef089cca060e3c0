export { DetectorHealth } from './detector-health';
export { isLaxer, isStricter, type GuardModes } from './policy/guard-modes';
export { GuardPolicies, type HeldPolicy } from './policy/guard-policies';
export type { PolicyVersion } from './policy/guard-policies.store';
export { GuardSettings } from './policy/guard-settings.service';
export { Preview } from './preview';
export { SanitizationModule } from './sanitization.module';
export { Sanitizer } from './sanitizer';
export { ACTION_THRESHOLD, Scanner } from './scan';
