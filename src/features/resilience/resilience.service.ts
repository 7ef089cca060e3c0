import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { CallInterceptor, Send } from '../../contract/attempt';
import { INTERCEPTORS } from './interceptors';

/** Wraps a provider call in all interceptors, in their declared order. */
@Injectable()
export class Resilience {
  constructor(private readonly modules: ModuleRef) {}

  /** Put together by the first call: during start-up an interceptor may be there without what it depends on. */
  wrap(send: Send): Send {
    let chain: Send | undefined;
    return (attempt) => (chain ??= this.chain(send))(attempt);
  }

  private chain(send: Send): Send {
    return INTERCEPTORS.reduceRight<Send>((next, type) => {
      const interceptor: CallInterceptor = this.modules.get<CallInterceptor>(type);
      return (attempt) => interceptor.intercept(attempt, next);
    }, send);
  }
}
