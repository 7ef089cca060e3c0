import { randomUUID } from 'node:crypto';
import { Logger, Module } from '@nestjs/common';
import type { CallInterceptor } from '../../contract/attempt';
import type { BreakerChanged } from '../../contract/events';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBus } from '../../platform/events/event-bus';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisConnection } from '../../platform/redis/redis';
import { RedisModule } from '../../platform/redis/redis.module';
import { BreakerExchange } from './breaker-exchange';
import { Breakers, type Target } from './breakers';
import { Bulkheads } from './bulkheads';
import { INTERCEPTORS } from './interceptors';
import { KeyPools } from './key-pools';
import { Latencies } from './latencies';
import { LocalBreakers } from './local-breakers';
import { Policies } from './policies';
import { RedisBreakers } from './redis-breakers';
import { Resilience } from './resilience';

/** Breakers are the same for all tenants. */
const NOBODY = { id: '', name: '' };

function breakers(redis: RedisConnection, policies: Policies, events: EventBus, { inForce }: Config): Breakers {
  const made = makeBreakers(redis, policies, events);
  // told after the policies, of which it is made
  inForce.onChange(() => made.renew());
  return made;
}

function makeBreakers({ client }: RedisConnection, policies: Policies, events: EventBus): Breakers {
  const options = {
    policyOf: (target: Target) => policies.of(target, NOBODY).breaker,
    onChange: (change: BreakerChanged) => events.emit('breaker.changed', change),
  };
  if (!client) return new LocalBreakers(options);
  const log = new Logger('Breakers');
  return new RedisBreakers(new BreakerExchange(client, randomUUID()), {
    ...options,
    onStateChange: (shared, reason) =>
      shared ? log.log('shared again') : log.warn(`not shared with other processes: ${reason}`),
  });
}

@Module({
  imports: [ConfigModule, EventBusModule, RedisModule],
  providers: [
    {
      provide: Resilience,
      inject: [...INTERCEPTORS],
      useFactory: (...interceptors: CallInterceptor[]) => new Resilience(interceptors),
    },
    {
      provide: Policies,
      inject: [Config],
      useFactory: (config: Config) => {
        const policies = new Policies(config);
        config.inForce.onChange(() => policies.renew());
        return policies;
      },
    },
    { provide: Latencies, useFactory: () => new Latencies() },
    { provide: Breakers, inject: [RedisConnection, Policies, EventBus, Config], useFactory: breakers },
    { provide: Bulkheads, useFactory: () => new Bulkheads() },
    {
      provide: KeyPools,
      inject: [Config, EventBus],
      useFactory: (config: Config, events: EventBus) => new KeyPools(config.providers, events),
    },
    ...INTERCEPTORS,
  ],
  exports: [Resilience, Policies, Latencies, Breakers, Bulkheads, KeyPools],
})
export class ResilienceModule {}
