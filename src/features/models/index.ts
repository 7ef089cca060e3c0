export { retirementWarnings, statusAt } from './lifecycle';
export { ModelRegistry, type ListedModel } from './model-registry';
export { ModelTable } from './model-table';
export { ModelsModule } from './models.module';
export { type Alias, Aliases, type AliasMove } from './stored/aliases.service';
export { ModelEntries, type ModelEntry } from './stored/model-entries.service';
export type { SettingVersion } from './stored/registry-versions.store';
