export { ResilienceModule } from './resilience.module';
export { Resilience } from './resilience.service';
export { Policies } from './policies';
export { Bulkheads, type BulkheadState } from './bulkheads';
export { KeyPools } from './key-pools';
export type { KeyState } from './key-pool';
