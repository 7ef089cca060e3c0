/** What happened, for whoever listens: metrics, logs, incidents. Facts only: never content, keys or personal data. */
import type { Dependency } from './control';
import type { ErrorCode } from './errors';
import type { Degraded, FinishReason, Usage } from './reply';
import type { Dialect } from './wire';

export interface GatewayEvents {
  'call.finished': CallFinished;
  'attempt.finished': AttemptFinished;
  'retry.scheduled': RetryScheduled;
  /** A retry that would have made sense was not made: there were too many already. */
  'retry.denied': RetryDenied;
  'breaker.changed': BreakerChanged;
  'fallback.taken': FallbackTaken;
  /** A provider's key is not used for a while, or is used again. */
  'key.rested': KeyRested;
  'key.returned': KeyReturned;
  /** A call was turned away because too many were waiting, or waited for too long. */
  'bulkhead.refused': BulkheadRefused;
  /** Something humbler than a model answered. */
  'ladder.answered': LadderAnswered;
  /** A call repeated an earlier one under the same idempotency key and was given its answer. */
  'answer.repeated': { tenantId: string; waited: boolean };
  /** A dependency stopped or started answering. */
  'dependency.changed': DependencyChanged;
}

interface OfModel {
  readonly provider: string;
  readonly model: string;
}
export interface RetryScheduled extends OfModel {
  readonly attempt: number;
  readonly delayMs: number;
  readonly code: ErrorCode;
}
export interface RetryDenied extends OfModel {
  readonly code: ErrorCode;
}
export type BreakerState = 'closed' | 'half_open' | 'open';
export interface BreakerChanged extends OfModel {
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** `failures` or `slow`: what opened it; `replica`: another process did. */
  readonly reason?: 'failures' | 'slow' | 'probe' | 'replica';
}
export interface FallbackTaken {
  readonly from: string;
  readonly to: string;
  readonly code: ErrorCode;
}
export interface KeyRested {
  readonly provider: string;
  /** The place of the key in the provider's list. */
  readonly key: number;
  readonly reason: 'credentials' | 'payment' | 'rate_limit';
  readonly restMs: number;
}
export interface KeyReturned {
  readonly provider: string;
  readonly key: number;
}
export interface BulkheadRefused {
  readonly scope: 'provider' | 'model' | 'tenant';
  readonly name: string;
  readonly reason: 'full' | 'late' | 'displaced';
}
export interface LadderAnswered {
  readonly tenantId: string;
  readonly model: string;
  readonly rung: Exclude<Degraded, 'fallback'>;
  /** Why no model did. */
  readonly code: ErrorCode;
}
export interface DependencyChanged {
  readonly dependency: Dependency;
  readonly up: boolean;
  readonly reason?: string;
}

export interface CallFinished {
  readonly id: string;
  readonly requestId: string;
  readonly tenantId: string;
  readonly keyId: string;
  readonly dialect: Dialect | 'internal';
  readonly operation: string;
  readonly stream: boolean;
  readonly outcome: 'answered' | 'refused' | 'failed' | 'abandoned';
  /** Absent until the model is known to exist: what callers write may be anything. */
  readonly model?: string;
  readonly provider?: string;
  readonly providerModel?: string;
  readonly code?: ErrorCode;
  readonly finishReason?: FinishReason;
  readonly usage?: Usage;
  readonly attempts: number;
  readonly degraded?: Degraded;
  readonly latencyMs: number;
  readonly firstTokenMs?: number;
  /** Time spent waiting for providers; the rest of the latency is ours. */
  readonly upstreamMs?: number;
}

export interface AttemptFinished {
  readonly provider: string;
  readonly model: string;
  readonly ok: boolean;
  readonly code?: ErrorCode;
  readonly ms: number;
}
