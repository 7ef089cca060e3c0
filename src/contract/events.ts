/** What happened, for whoever listens: metrics, logs, incidents. Facts only: never content, keys or personal data. */
import type { ErrorCode } from './errors';
import type { FinishReason, Usage } from './reply';
import type { Dialect } from './wire';

export interface GatewayEvents {
  'call.finished': CallFinished;
  'attempt.finished': AttemptFinished;
  'retry.scheduled': { provider: string; model: string; attempt: number; delayMs: number; code: ErrorCode };
  /** A dependency stopped or started answering. */
  'dependency.changed': { dependency: 'database' | 'redis'; up: boolean; reason?: string };
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
