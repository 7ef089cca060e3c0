export type { ApiKey } from './api-key.entity';
export { ApiKeys, type KeyDraft } from './api-keys.service';
export { ADMINISTRATION, AUTHENTICATION } from './controls';
export { KeyRing } from './key-ring.service';
export type { Page } from './page';
export { RootAccess } from './root-access.service';
export { TenancyModule } from './tenancy.module';
export type { Tenant } from './tenant.entity';
export { type TenantChange, Tenants } from './tenants.service';
