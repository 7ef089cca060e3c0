import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisModule } from '../../platform/redis/redis.module';
import { INTERCEPTORS } from './interceptors';
import { Latencies } from './latencies';
import { Policies } from './policies';
import { Resilience } from './resilience.service';

@Module({
  imports: [ConfigModule, EventBusModule, RedisModule],
  providers: [
    Resilience,
    { provide: Policies, inject: [Config], useFactory: (config: Config) => new Policies(config) },
    { provide: Latencies, useFactory: () => new Latencies() },
    ...INTERCEPTORS,
  ],
  exports: [Resilience, Policies, Latencies],
})
export class ResilienceModule {}
