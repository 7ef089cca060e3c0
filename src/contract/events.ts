/** What happened, for whoever listens: metrics, logs, incidents. Facts only: never content, keys or personal data. */
import type { Picos } from './money';
import type { CallFacts, InspectionFacts, Tried } from './call';
import type { Dependency } from './control';
import type { ErrorCode } from './errors';
import type { JobType } from './job';
import type { Deprecation } from './lifecycle';
import type { CacheUse, Degraded, FinishReason, Usage } from './reply';
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
  /** A model that is at its end answered, or its replacement did. */
  'model.deprecated': Deprecation;
  /** What became of a call that a second model was to be sent as well. */
  'shadow.finished': ShadowFinished;
  /** A call repeated an earlier one under the same idempotency key and was given its answer. */
  'answer.repeated': { tenantId: string; waited: boolean };
  /** Spending reached a share of a budget's limit: once for each window and share, whichever process is told. */
  'budget.alert': BudgetAlert;
  /** A job ended for good. */
  'job.finished': JobFinished;
  /** Jobs whose process was lost wait for another one. */
  'job.taken_over': { readonly count: number };
  /** A receiver was asked to take a message about the end of a job. */
  'job.webhook': WebhookTried;
  /** How many of those messages have not arrived, in all processes; every few seconds. */
  'job.webhooks': { readonly waiting: number; readonly oldestSeconds: number };
  /** How many WebSockets of this process are open on which jobs are watched. */
  'job.sockets': { readonly open: number };
  /** One of them was closed: `left`, or why it was cut off. */
  'job.socket_closed': { readonly reason: string };
  /** How many jobs wait, are due, and are under way, in all processes; every few seconds. */
  'job.depth': JobDepth;
  /** The largest share of a limit that is spent or held, by tenant's id; every few seconds. */
  'budget.shares': { readonly shares: ReadonlyMap<string, number> };
  /** A key that may govern is used, for the first time in a while; or somebody was turned away. */
  'access.login': { tenantId: string; keyId: string };
  'access.refused': AccessRefused;
  /** A promotion of a model came to another state, or its canary to another step: told in the process that took it there. */
  'promotion.changed': PromotionChanged;
  'promotion.rolled_back': PromotionChanged;
  /** A dependency stopped or started answering. */
  'dependency.changed': DependencyChanged;
  /** Entries of one call are durable, so many milliseconds after they were handed in. */
  'audit.appended': { readonly ms: number; readonly n: number; readonly waiting: number };
  /** Entries could not be made durable in time. */
  'audit.refused': { readonly reason: 'full' | 'late' | 'stopped' | 'keys' };
  /** An entry of a tenant that accepts losses was lost. */
  'audit.lost': { readonly n: number };
  /** The log contradicts what this process knows of it. */
  'audit.stopped': { readonly reason: string };
  /** Batches went to a file while the database was away, or followed from there. */
  'audit.spooled': { readonly batches: number };
  /** A checkpoint was found consistent with all earlier ones. */
  'audit.checkpoint': AuditCheckpoint;
  /** How long the oldest entry of this process waits for a checkpoint. */
  'audit.age': { readonly seconds: number };
  /** Something beside the log that makes it trustworthy failed, or works again. */
  'audit.watch': { readonly what: string; readonly ok: boolean; readonly reason?: string };
  /** At the end of the start, once for every secret in use. */
  'secret.loaded': SecretFacts;
  'secret.rotated': SecretRotated;
  /** A secret could not be read anew; the last value stays in use. */
  'secret.unreadable': SecretUnreadable;
  'secret.readable': Omit<SecretFacts, 'version'>;
  /** The files of the configuration were read again. */
  'config.reloaded': ConfigReloaded;
  /** Somebody read content alone and at once; a review is owed. */
  'review.glass_broken': GlassBroken;
  /** The log was verified, by somebody or by the clock. */
  'review.verified': LogVerified;
  /** A model that reads calls was asked whether it is there. */
  'guard.checked': { readonly guard: string; readonly ok: boolean };
  'incident.opened': IncidentOpened;
  'incident.resolved': IncidentOpened & { readonly seconds: number };
  /** Something was done about one, or undone. */
  'incident.remedied': IncidentRemedied;
  /** Somebody was to be told of one. */
  'incident.notice': IncidentNoticed;
  /** How many are open, in all processes, by severity; every few seconds. */
  'incident.figures': { readonly open: Readonly<Record<string, number>> };
  /** Spans were sent to the collector, or are lost. */
  'traces.exported': { readonly spans: number; readonly ok: boolean };
}

/** `budget`, `full`, `barred`, `unable`: it was not sent: no money, no room, not to be told, or it does not take what the call holds. */
export type ShadowOutcome = 'answered' | 'failed' | 'budget' | 'full' | 'barred' | 'unable';
export interface ShadowFinished {
  /** The alias or model whose shadow it is. */
  readonly subject: string;
  /** `provider/model`. */
  readonly model: string;
  readonly outcome: ShadowOutcome;
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
  readonly rung: Exclude<Degraded, 'fallback' | 'budget'>;
  /** Why no model did. */
  readonly code: ErrorCode;
}
export interface BudgetAlert {
  readonly tenantId: string;
  readonly budgetId: string;
  readonly percent: number;
  readonly windowStart: Date;
}
export interface JobFinished {
  readonly type: JobType;
  readonly status: 'succeeded' | 'failed' | 'cancelled' | 'expired' | 'dead';
  /** Since it was taken last, and from when it was due until then; absent where nobody took it. */
  readonly workMs?: number;
  readonly waitMs?: number;
}
export interface JobDepth {
  readonly due: number;
  /** Their start lies ahead. */
  readonly scheduled: number;
  readonly running: number;
}
export interface WebhookTried {
  /** What it told of: `job.succeeded`, … */
  readonly event: string;
  /** `failed`: it is not tried any more. */
  readonly outcome: 'delivered' | 'again' | 'failed';
  readonly reason?: string;
  /** Of the answer. */
  readonly status?: number;
  readonly ms: number;
}
export interface PromotionChanged {
  readonly id: string;
  readonly alias: string;
  /** `provider/model`. */
  readonly candidate: string;
  readonly from: string;
  readonly to: string;
  /** A word: which measure, or what else. */
  readonly reason?: string;
}
export interface DependencyChanged {
  readonly dependency: Dependency;
  readonly up: boolean;
  readonly reason?: string;
}

export interface AccessRefused {
  readonly reason: 'unauthenticated' | 'forbidden';
  /** Of a key that is known. */
  readonly tenantId?: string;
  readonly keyId?: string;
}

export interface AuditCheckpoint {
  readonly size: number;
  readonly cosignatures: number;
}

/** Never a value, nor anything made from it. */
export interface SecretFacts {
  /** Of the setting. */
  readonly name: string;
  /** Where it is kept, as an operator wrote it. */
  readonly source: string;
  /** As whoever keeps it names it; absent where there are no versions. */
  readonly version?: string;
}
export interface SecretRotated extends SecretFacts {
  /** The new value is in use; else it will be after the next start. */
  readonly applied: boolean;
}
export interface SecretUnreadable extends Omit<SecretFacts, 'version'> {
  readonly reason: string;
}

export interface ConfigReloaded {
  readonly trigger: 'files' | 'signal' | 'request';
  /** `refused`: there are mistakes; `failed`: it could not be put on record. In both cases what held goes on holding. */
  readonly outcome: 'taken' | 'unchanged' | 'refused' | 'failed';
  /** Parts that were taken. */
  readonly changed: readonly string[];
  /** Paths of settings that differ and take effect with the next start. */
  readonly pending: readonly string[];
  readonly problems: readonly string[];
}

export interface GlassBroken {
  readonly tenantId: string;
  readonly keyId: string;
  /** The entry that tells of it. */
  readonly entryId: string;
  readonly reviewId: string;
}
export interface LogVerified {
  readonly id: string;
  readonly ok: boolean;
  /** Entries. */
  readonly size: number;
  readonly firstBadIndex?: number;
  readonly ms: number;
}

export interface IncidentOpened {
  readonly id: string;
  readonly rule: string;
  readonly severity: string;
}
export interface IncidentRemedied {
  readonly id: string;
  readonly action: string;
  readonly way: 'apply' | 'revert';
  /** Why it was not. */
  readonly reason?: string;
}
export interface IncidentNoticed {
  readonly id: string;
  readonly channel: string;
  /** `failed`: it is not tried any more. */
  readonly outcome: 'delivered' | 'again' | 'failed';
  readonly reason?: string;
  /** Of the answer. */
  readonly status?: number;
  readonly ms: number;
}

export interface CallFinished {
  readonly id: string;
  readonly requestId: string;
  readonly tenantId: string;
  readonly keyId: string;
  /** A keyed pseudonym. */
  readonly session?: string | undefined;
  /** The number of the call in its session. */
  readonly turn?: number | undefined;
  readonly dialect: Dialect | 'internal';
  readonly operation: string;
  readonly stream: boolean;
  readonly outcome: 'answered' | 'refused' | 'failed' | 'abandoned';
  /** Of its trace; absent where it has none. */
  readonly traceId?: string | undefined;
  /** Absent until the model is known to exist: what callers write may be anything. */
  readonly model?: string;
  readonly provider?: string;
  readonly providerModel?: string;
  readonly code?: ErrorCode;
  readonly finishReason?: FinishReason;
  readonly usage?: Usage;
  /** Absent when nothing was used, or nobody knows the price. */
  readonly cost?: Picos;
  readonly attempts: number;
  /** Every time a provider was asked, in order. */
  readonly tried?: readonly Tried[] | undefined;
  /** The model that was to answer before anything stood in for it. */
  readonly preferred?: CallFacts['preferred'] | undefined;
  readonly degraded?: Degraded;
  /** Absent when the call did not get as far as the cache. */
  readonly cache?: CacheUse;
  readonly latencyMs: number;
  readonly firstTokenMs?: number;
  /** Time spent waiting for providers; the rest of the latency is ours. */
  readonly upstreamMs?: number;
  /** What the guards found; absent when the call was turned away before. */
  readonly inspection?: InspectionFacts | undefined;
  readonly task?: string | undefined;
  /** A second model was sent a call that another one answered: no caller waited for it. */
  readonly shadow?: true | undefined;
  /** How the model was chosen, where it was, and what that and a shorter prompt saved. */
  readonly selection?: CallFacts['selection'] | undefined;
  readonly saved?: CallFacts['saved'] | undefined;
}

export interface AttemptFinished {
  readonly provider: string;
  readonly model: string;
  readonly ok: boolean;
  readonly code?: ErrorCode;
  readonly ms: number;
}
