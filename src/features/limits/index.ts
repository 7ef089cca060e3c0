export { ConcurrencySlots } from './concurrency-slots';
export { LimitsModule } from './limits.module';
export { isModelAllowed } from './model-allowed';
export { RedisWindowStorage } from './redis-window-storage';
export { SlidingWindowStorage } from './sliding-window-storage';
export { WindowStorage } from './window-storage';
