/** One call of one provider, as the resilience interceptors see it. */
import type { Candidate } from './call';
import type { Reply } from './reply';
import type { ModelRequest } from './request';
import type { WireRequest } from './wire';

export interface Attempt {
  readonly request: ModelRequest;
  readonly wire: WireRequest;
  readonly candidate: Candidate;
  /** Aborted when the caller goes away, a deadline passes or the process must stop. */
  readonly signal: AbortSignal;
  /** When the whole call must be over, in milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
}

export type Send = (attempt: Attempt) => Promise<Reply>;

/**
 * Wraps the call of a provider. An implementation may call `next` any number of times, with a changed attempt, and must pass
 * on cancellation: returning from the pieces it hands out returns from the pieces it was given.
 */
export abstract class CallInterceptor {
  abstract intercept(attempt: Attempt, next: Send): Promise<Reply>;
}
