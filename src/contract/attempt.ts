/** One call of one provider, as the resilience interceptors see it. */
import type { Candidate, Outgoing, Tried } from './call';
import type { Reply } from './reply';
import type { ModelRequest } from './request';
import type { Trace } from './trace';
import type { WireRequest } from './wire';

export interface Attempt {
  readonly request: ModelRequest;
  readonly wire: WireRequest;
  /** What the provider is sent instead of `request` and `wire`. */
  readonly outgoing: Outgoing;
  readonly tenant: { readonly id: string; readonly name: string };
  readonly candidate: Candidate;
  /** The models to turn to when this one fails, best first. */
  readonly alternatives: readonly Candidate[];
  /** The provider's key to use; absent until one is chosen, and where a provider has none. */
  readonly key?: ChosenKey;
  /** Aborted when the caller goes away, a deadline passes or the process must stop. */
  readonly signal: AbortSignal;
  /** When the whole call must be over, in milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  /** The caller asked for less time than the policy grants: running out of it is then nobody else's fault. */
  readonly hurried: boolean;
  /** When the answer must have begun, so that another model still has a chance; `deadlineAt` where there is none. */
  readonly answerBy: number;
  /** It is not asked again when it fails. */
  readonly once?: true;
  /** The same whenever this very call is made again, by whichever process; absent where nobody makes it again. */
  readonly name?: string;
  /** The step of the call's trace that it is; absent where the call has none. */
  readonly trace?: Trace;
  /** Told of every time a provider was asked, for whoever explains the call afterwards. */
  readonly tried: (fact: Tried) => void;
}

export interface ChosenKey {
  /** The place of the key in the provider's list. */
  readonly index: number;
  /** Another key of the same provider could take over at once. */
  readonly spare: boolean;
  /** The key that stood at this place before it was rotated: the new one is not taken yet. */
  readonly former?: true;
}

export type Send = (attempt: Attempt) => Promise<Reply>;

/**
 * Wraps the call of a provider. An implementation may call `next` any number of times before the first piece of an answer,
 * with a changed attempt, and must pass on cancellation: returning from the pieces it hands out returns from the pieces it
 * was given. What it holds it gives back exactly once: when the reply ends, breaks or is abandoned, or when `next` throws.
 */
export abstract class CallInterceptor {
  abstract intercept(attempt: Attempt, next: Send): Promise<Reply>;
}
