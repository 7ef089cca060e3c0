export { Breakers, type BreakerView } from './breakers';
export { ResilienceModule } from './resilience.module';
export { Resilience } from './resilience';
export { Policies } from './policies';
export { Latencies } from './latencies';
export { inOrder } from './in-order';
export { Bulkheads, type BulkheadState } from './bulkheads';
export { KeyPools } from './key-pools';
export type { KeyState } from './key-pool';
