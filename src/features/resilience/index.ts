export { ResilienceModule } from './resilience.module';
export { Resilience } from './resilience.service';
export { Policies } from './policies';
export { Latencies } from './latencies';
export { inOrder } from './in-order';
