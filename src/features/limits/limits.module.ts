import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBus } from '../../platform/events/event-bus';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisConnection } from '../../platform/redis/redis';
import { RedisModule } from '../../platform/redis/redis.module';
import { ConcurrencySlots } from './concurrency-slots';
import { CounterWindows } from './counter-windows';
import { LimitRules } from './limit-rules';
import { MemoryCounters } from './memory-counters';
import { MemorySlots } from './memory-slots';
import { RateCounters } from './rate-counters';
import { RedisCounters } from './redis-counters';
import { RedisSlots } from './redis-slots';
import { SlidingWindowStorage } from './sliding-window-storage';
import { WindowStorage } from './window-storage';

@Module({
  imports: [ConfigModule, EventBusModule, RedisModule],
  providers: [
    { provide: SlidingWindowStorage, useFactory: () => new SlidingWindowStorage() },
    {
      provide: LimitRules,
      inject: [Config],
      useFactory: ({ limits, inForce }: Config) => {
        const rules = new LimitRules(limits);
        inForce.onChange((now) => rules.take(now.limits));
        return rules;
      },
    },
    {
      provide: RateCounters,
      inject: [RedisConnection, EventBus],
      useFactory: ({ client }: RedisConnection, events: EventBus): RateCounters => {
        const memory = new MemoryCounters();
        if (!client) return memory;
        return new RedisCounters(client, memory, {
          onStateChange: (up, reason) => events.emit('dependency.changed', { dependency: 'redis', up, reason }),
        });
      },
    },
    {
      provide: WindowStorage,
      inject: [RateCounters],
      useFactory: (counters: RateCounters) => new CounterWindows(counters),
    },
    {
      provide: ConcurrencySlots,
      inject: [RedisConnection],
      useFactory: ({ client }: RedisConnection): ConcurrencySlots =>
        client ? new RedisSlots(client) : new MemorySlots(),
    },
  ],
  exports: [SlidingWindowStorage, WindowStorage, LimitRules, RateCounters, ConcurrencySlots],
})
export class LimitsModule {}
