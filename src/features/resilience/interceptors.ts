import { RetryInterceptor } from './retry.interceptor';
import { TimeoutInterceptor } from './timeout.interceptor';

/** What wraps the call of a provider, outermost first. To add one: a file beside these and a line here. */
export const INTERCEPTORS = [RetryInterceptor, TimeoutInterceptor] as const;
