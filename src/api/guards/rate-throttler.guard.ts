import { type ExecutionContext, Injectable } from '@nestjs/common';
import {
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerOptions,
  type ThrottlerRequest,
} from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import { GatewayError } from '../../contract/errors';
import { MINUTE_MS } from '../../features/limits';
import { declaredAccess } from './access';
import type { CallerRequest } from './caller-request';
import type { Rate } from '../../contract/rates';
import { setRateHeaders } from './rate-headers';

/** How a route is throttled: not at all, as all others are, or as the library's decorators on it say. */
type Treatment = 'none' | 'usual' | 'decorated';

/**
 * The library's guard with our refusal and our headers. Public routes are not throttled. Looking for decorators costs many
 * times what counting does, so it is done once for each route.
 */
@Injectable()
export abstract class RateThrottlerGuard extends ThrottlerGuard {
  /** Who shares the limit, in the words of the refusal. */
  protected abstract readonly subject: string;
  /** What to do with the outcome of a request that is let through. */
  protected abstract note(request: CallerRequest, reply: FastifyReply, rate: Rate): void;

  private readonly treatments = new WeakMap<object, WeakMap<object, Treatment>>();

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const treatment = this.treatment(context);
    if (treatment === 'none') return true;
    return treatment === 'decorated' ? super.canActivate(context) : this.handleRequest(this.usual(context));
  }

  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return `${this.subject}:${tracker}`;
  }

  protected override async handleRequest(asked: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, getTracker, generateKey } = asked;
    const request = context.getArgByIndex<CallerRequest>(0);
    const reply = context.getArgByIndex<FastifyReply>(1);
    const name = throttler.name as string;
    const tracker = await getTracker(request, context);
    const key = generateKey(context, tracker, name);
    const record = await this.storageService.increment(key, ttl, limit, blockDuration, name);
    const rate = { limit, remaining: Math.max(0, limit - record.totalHits), reset: record.timeToExpire };
    if (record.isBlocked) {
      setRateHeaders(reply, rate);
      await this.throwThrottlingException(context, { ...record, ttl, limit, key, tracker });
    }
    this.note(request, reply, rate);
    return true;
  }

  protected override async throwThrottlingException(
    _context: ExecutionContext,
    { limit, ttl, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    const unit = `requests per ${ttl === MINUTE_MS ? 'minute' : `${ttl / 1_000} seconds`}`;
    throw new GatewayError('rate_limited', `Rate limit of ${limit} ${unit} for this ${this.subject} reached`, {
      retryAfter: timeToBlockExpire,
      details: { scope: this.subject, limit, unit },
    });
  }

  /** What the library would find on a route without decorators. */
  private usual(context: ExecutionContext): ThrottlerRequest {
    const throttler = this.throttlers[0] as ThrottlerOptions;
    const limit = (typeof throttler.limit === 'function' ? throttler.limit(context) : throttler.limit) as number;
    const { getTracker, generateKey } = this.commonOptions as Required<typeof this.commonOptions>;
    return { context, limit, ttl: MINUTE_MS, throttler, blockDuration: MINUTE_MS, getTracker, generateKey };
  }

  private treatment(context: ExecutionContext): Treatment {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    let routes = this.treatments.get(controller);
    if (!routes) this.treatments.set(controller, (routes = new WeakMap()));
    let treatment = routes.get(handler);
    if (!treatment)
      routes.set(handler, (treatment = treatmentOf(controller, handler as (...args: never[]) => unknown)));
    return treatment;
  }
}

function treatmentOf(controller: new (...args: never[]) => unknown, handler: (...args: never[]) => unknown): Treatment {
  if (declaredAccess(controller, handler) === 'public') return 'none';
  const metadata = [handler, controller].flatMap((target) => Reflect.getMetadataKeys(target));
  return metadata.some((key) => String(key).startsWith('THROTTLER:')) ? 'decorated' : 'usual';
}
