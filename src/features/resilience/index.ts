export { Breakers, type BreakerView } from './breakers';
export { ResilienceModule } from './resilience.module';
export { Resilience } from './resilience.service';
export { Policies } from './policies';
