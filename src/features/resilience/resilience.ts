import type { CallInterceptor, Send } from '../../contract/attempt';

/** Wraps a provider call in all interceptors, outermost first. */
export class Resilience {
  constructor(private readonly interceptors: readonly CallInterceptor[]) {}

  wrap(send: Send): Send {
    return this.interceptors.reduceRight<Send>(
      (next, interceptor) => (attempt) => interceptor.intercept(attempt, next),
      send,
    );
  }
}
