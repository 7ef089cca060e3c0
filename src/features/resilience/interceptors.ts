import { BreakerInterceptor } from './breaker.interceptor';
import { BulkheadInterceptor } from './bulkhead.interceptor';
import { FallbackInterceptor } from './fallback.interceptor';
import { KeyPoolInterceptor } from './key-pool.interceptor';
import { RetryInterceptor } from './retry.interceptor';
import { TimeoutInterceptor } from './timeout.interceptor';

/** What wraps the call of a provider, outermost first. To add one: a file beside these and a line here. */
export const INTERCEPTORS = [
  FallbackInterceptor,
  KeyPoolInterceptor,
  BulkheadInterceptor,
  BreakerInterceptor,
  RetryInterceptor,
  TimeoutInterceptor,
] as const;
