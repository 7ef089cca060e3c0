import { randomUUID } from 'node:crypto';
import { Logger, Module } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { BreakerChanged } from '../../contract/events';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBus } from '../../platform/events/event-bus';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisConnection } from '../../platform/redis/redis';
import { RedisModule } from '../../platform/redis/redis.module';
import { BreakerExchange } from './breaker-exchange';
import { Breakers, type Target } from './breakers';
import { INTERCEPTORS } from './interceptors';
import { LocalBreakers } from './local-breakers';
import { Policies } from './policies';
import { Resilience } from './resilience.service';
import { RedisBreakers } from './redis-breakers';

/** Breakers are the same for all tenants. */
const NOBODY = { id: '', name: '' };

function breakers({ client }: RedisConnection, policies: Policies, events: EventBus): Breakers {
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
      // it takes the interceptors as they are when it is asked to wrap, so they must be complete before it is
      provide: Resilience,
      inject: [ModuleRef, ...INTERCEPTORS],
      useFactory: (modules: ModuleRef) => new Resilience(modules),
    },
    { provide: Policies, inject: [Config], useFactory: (config: Config) => new Policies(config) },
    { provide: Breakers, inject: [RedisConnection, Policies, EventBus], useFactory: breakers },
    ...INTERCEPTORS,
  ],
  exports: [Resilience, Policies, Breakers],
})
export class ResilienceModule {}
