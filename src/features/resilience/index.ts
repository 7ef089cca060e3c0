export { BREAKER, BULKHEAD, FALLBACK, KEY_POOL, RETRY, TIMEOUT } from './controls';
export { INTERCEPTORS } from './interceptors';
export { ResilienceModule } from './resilience.module';
export { Resilience } from './resilience.service';
export { Policies } from './policies';
