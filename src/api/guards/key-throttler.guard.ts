import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { MINUTE_MS, WindowStorage } from '../../features/limits';
import { Config } from '../../platform/config/config';
import { type CallerRequest, callerOf } from './caller-request';
import { type Rate, tightest } from '../../contract/rates';
import { setRateHeaders } from './rate-headers';
import { RateThrottlerGuard } from './rate-throttler.guard';

/** Holds every key to its requests per minute, over all routes together and over all processes that share Redis. */
@Injectable()
export class KeyThrottlerGuard extends RateThrottlerGuard {
  protected readonly subject = 'key';

  // explicit tokens: the parent class declares its own, which would be inherited
  constructor(
    @Inject(Config) config: Config,
    @Inject(WindowStorage) storage: WindowStorage,
    @Inject(Reflector) reflector: Reflector,
  ) {
    const limit = (context: ExecutionContext): number => caller(context).limits.rpm ?? config.limits.keyRpm;
    super({ throttlers: [{ name: 'default', ttl: MINUTE_MS, limit }] }, storage, reflector);
  }

  protected override getTracker(request: Record<string, unknown>): Promise<string> {
    return Promise.resolve(callerOf(request as unknown as CallerRequest).keyId);
  }

  protected note(request: CallerRequest, reply: FastifyReply, rate: Rate): void {
    request.rate = tightest(rate, request.rate);
    setRateHeaders(reply, request.rate);
  }
}

function caller(context: ExecutionContext) {
  return callerOf(context.getArgByIndex<CallerRequest>(0));
}
