import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBus } from '../../platform/events/event-bus';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisModule } from '../../platform/redis/redis.module';
import { Bulkheads } from './bulkheads';
import { INTERCEPTORS } from './interceptors';
import { KeyPools } from './key-pools';
import { Policies } from './policies';
import { Resilience } from './resilience.service';

@Module({
  imports: [ConfigModule, EventBusModule, RedisModule],
  providers: [
    Resilience,
    { provide: Policies, inject: [Config], useFactory: (config: Config) => new Policies(config) },
    { provide: Bulkheads, useFactory: () => new Bulkheads() },
    {
      provide: KeyPools,
      inject: [Config, EventBus],
      useFactory: (config: Config, events: EventBus) => new KeyPools(config.providers, events),
    },
    ...INTERCEPTORS,
  ],
  exports: [Resilience, Policies, Bulkheads, KeyPools],
})
export class ResilienceModule {}
