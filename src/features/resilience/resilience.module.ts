import { Module } from '@nestjs/common';
import type { CallInterceptor } from '../../contract/attempt';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBus } from '../../platform/events/event-bus';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisModule } from '../../platform/redis/redis.module';
import { Bulkheads } from './bulkheads';
import { INTERCEPTORS } from './interceptors';
import { KeyPools } from './key-pools';
import { Latencies } from './latencies';
import { Policies } from './policies';
import { Resilience } from './resilience';

@Module({
  imports: [ConfigModule, EventBusModule, RedisModule],
  providers: [
    {
      provide: Resilience,
      inject: [...INTERCEPTORS],
      useFactory: (...interceptors: CallInterceptor[]) => new Resilience(interceptors),
    },
    { provide: Policies, inject: [Config], useFactory: (config: Config) => new Policies(config) },
    { provide: Latencies, useFactory: () => new Latencies() },
    { provide: Bulkheads, useFactory: () => new Bulkheads() },
    {
      provide: KeyPools,
      inject: [Config, EventBus],
      useFactory: (config: Config, events: EventBus) => new KeyPools(config.providers, events),
    },
    ...INTERCEPTORS,
  ],
  exports: [Resilience, Policies, Latencies, Bulkheads, KeyPools],
})
export class ResilienceModule {}
