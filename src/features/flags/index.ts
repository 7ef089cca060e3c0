export { FLAGS } from './controls';
export type { Flag } from './evaluate/flag';
export { type Decision, FlagEvaluations } from './flag-evaluations';
export { FlagTable } from './flag-table';
export { FlagsModule } from './flags.module';
export { hasExpired } from './stored/flag-refresh.service';
export { FlagSettings } from './stored/flag-settings.service';
export type { FlagVersion } from './stored/flag-versions.store';
