import type { Trace, TraceFacts } from '../../contract/trace';

/** Begins traces of calls. */
export abstract class Tracing {
  /** Whether any call has a trace. */
  abstract readonly enabled: boolean;
  /**
   * The first step of a call; undefined where this call is not traced.
   * @param parent `traceparent` of the caller
   */
  abstract begin(name: string, facts: TraceFacts, parent: string | undefined): Trace | undefined;
  /** Sends what is waiting, within a deadline. */
  abstract onApplicationShutdown(): Promise<void>;
}

export class NoTracing extends Tracing {
  override readonly enabled = false;

  override begin(): undefined {
    return undefined;
  }

  override async onApplicationShutdown(): Promise<void> {}
}
