export { ResilienceModule } from './resilience.module';
export { Resilience } from './resilience.service';
export { Policies } from './policies';
