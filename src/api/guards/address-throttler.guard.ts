import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { MINUTE_MS, SlidingWindowStorage } from '../../features/limits';
import { Config } from '../../platform/config/config';
import type { CallerRequest } from './caller-request';
import type { Rate } from '../../contract/rates';
import { RateThrottlerGuard } from './rate-throttler.guard';

/**
 * Turns floods away before anything is looked up. Counts in the memory of each process: protection must not itself cost a
 * round trip. IPv6 addresses count by network, as whoever has one address there has them all.
 */
@Injectable()
export class AddressThrottlerGuard extends RateThrottlerGuard {
  protected readonly subject = 'address';

  // explicit tokens: the parent class declares its own, which would be inherited
  constructor(
    @Inject(Config) config: Config,
    @Inject(SlidingWindowStorage) storage: SlidingWindowStorage,
    @Inject(Reflector) reflector: Reflector,
  ) {
    const limit = (): number => config.limits.addressRpm;
    super({ throttlers: [{ name: 'address', ttl: MINUTE_MS, limit }] }, storage, reflector);
  }

  protected note(request: CallerRequest, _reply: FastifyReply, rate: Rate): void {
    request.rate = rate;
  }
}
