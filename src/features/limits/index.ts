export { ConcurrencySlots } from './concurrency-slots';
export { ADDRESS_LIMIT, CONCURRENCY, KEY_LIMIT } from './controls';
export { LimitsModule } from './limits.module';
export { isModelAllowed } from './model-allowed';
export { MemorySlots } from './memory-slots';
export { RedisSlots } from './redis-slots';
export { RedisWindowStorage } from './redis-window-storage';
export { SlidingWindowStorage } from './sliding-window-storage';
export { WindowStorage } from './window-storage';
