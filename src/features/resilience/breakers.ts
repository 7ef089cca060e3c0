import type { JsonObject } from '../../contract/json';
import { StateReport } from '../../contract/state-report';
import type { BreakerState } from '../../contract/events';
import type { CallOutcome } from './circuit-breaker';

export interface Target {
  readonly provider: string;
  readonly model: string;
}

/** A call that may be made. */
export interface Permit {
  /** The answer has begun. */
  began(): void;
  /** How it went in the end; exactly once, also when nothing can be said. */
  ended(outcome: CallOutcome): void;
}

export interface BreakerView extends Target {
  readonly state: BreakerState;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Until when nobody asks; only when open. */
  readonly openUntil?: number;
  /** Of the window, in all processes as far as they are known. */
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

/** One circuit breaker for each model of each provider. Type and injection token in one. */
export abstract class Breakers extends StateReport {
  override readonly reports = 'breakers';

  /**
   * Lets a call pass; at once, except for one that is to be the probe.
   * @param withinMs how long it takes at most until the answer begins: a probe that says nothing by then is given up
   * @throws GatewayError `circuit_open`, also as a rejection
   */
  abstract admit(target: Target, withinMs: number): Permit | Promise<Permit>;

  abstract states(): readonly BreakerView[];

  /** Other policies hold from now on. */
  abstract renew(): void;

  override state(): readonly JsonObject[] {
    return this.states().map(({ since, openUntil, ...view }) => ({
      ...view,
      since: new Date(since).toISOString(),
      ...(openUntil !== undefined && { open_until: new Date(openUntil).toISOString() }),
    }));
  }
}
