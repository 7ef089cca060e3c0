import { Module } from '@nestjs/common';
import { EventBus } from '../../platform/events/event-bus';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisConnection } from '../../platform/redis/redis';
import { RedisModule } from '../../platform/redis/redis.module';
import { ConcurrencySlots } from './concurrency-slots';
import { MemorySlots } from './memory-slots';
import { RedisSlots } from './redis-slots';
import { RedisWindowStorage } from './redis-window-storage';
import { SlidingWindowStorage } from './sliding-window-storage';
import { WindowStorage } from './window-storage';

@Module({
  imports: [EventBusModule, RedisModule],
  providers: [
    { provide: SlidingWindowStorage, useFactory: () => new SlidingWindowStorage() },
    {
      provide: WindowStorage,
      inject: [RedisConnection, EventBus],
      useFactory: ({ client }: RedisConnection, events: EventBus): WindowStorage => {
        const memory = new SlidingWindowStorage();
        if (!client) return memory;
        return new RedisWindowStorage(client, memory, {
          onStateChange: (up, reason) => events.emit('dependency.changed', { dependency: 'redis', up, reason }),
        });
      },
    },
    {
      provide: ConcurrencySlots,
      inject: [RedisConnection],
      useFactory: ({ client }: RedisConnection): ConcurrencySlots =>
        client ? new RedisSlots(client) : new MemorySlots(),
    },
  ],
  exports: [SlidingWindowStorage, WindowStorage, ConcurrencySlots],
})
export class LimitsModule {}
