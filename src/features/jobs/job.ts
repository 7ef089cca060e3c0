import type { CacheIntent, Validation } from '../../contract/call';
import type { Json, JsonObject } from '../../contract/json';
import type { JobStatus, JobType } from '../../contract/job';
import type { Picos } from '../../contract/money';
import type { Complexity } from '../../contract/selection';

/** What was handed in: sealed as long as it is kept, for it holds prompts and names people. */
export interface Submission {
  readonly input: Json;
  /** The end user on whose behalf the job works. Personal data. */
  readonly user?: string;
  readonly session?: string;
  readonly tags?: readonly string[];
  readonly cache?: CacheIntent;
  readonly validation?: Validation;
  readonly complexity?: Complexity;
  /** What its calls are steps of, as its submitter's `traceparent` says. */
  readonly traceparent?: string;
  /** How long it may take from its start on, when it is tried again by hand. */
  readonly ttlSeconds: number;
  /** Whom to tell of its end, as its submitter wrote it. */
  readonly webhook?: JsonObject;
}

/** Where a job stands. */
export interface JobFacts {
  readonly id: string;
  readonly tenantId: string;
  /** The API key that submitted it. */
  readonly keyId: string;
  readonly type: JobType;
  readonly status: JobStatus;
  /** Higher is sooner, among the jobs of its tenant. */
  readonly priority: number;
  readonly createdAt: Date;
  /** Not before this. */
  readonly runAt: Date;
  readonly startedAt?: Date;
  /** When somebody took it last. */
  readonly claimedAt?: Date;
  readonly finishedAt?: Date;
  /** It ends by then, one way or another. */
  readonly expiresAt: Date;
  /** When what is kept of it goes; absent while it has not ended. */
  readonly removedAt?: Date;
  /** 0 to 100. */
  readonly progress: number;
  readonly stage?: string;
  /** Grows with every change that can be watched. */
  readonly seq: number;
  /** How often it was begun, and how often that failed or its process was lost. */
  readonly attempt: number;
  readonly failures: number;
  readonly takeovers: number;
  /** What its calls cost so far. */
  readonly cost: Picos;
  /** Money is held for it. */
  readonly held: boolean;
  readonly errorCode?: string;
}

/** A job with what it ended with. */
export interface FullJob extends JobFacts {
  readonly result?: Json;
  readonly error?: JobError;
  /** In the order of their last change. */
  readonly partials: readonly Partial[];
}
export interface Partial {
  readonly key: string;
  readonly value: Json;
  readonly at: Date;
  readonly seq: number;
}

/** Why a job ended without a result, or what went wrong last. Safe to show to its submitter. */
export interface JobError {
  readonly code: string;
  readonly message: string;
  readonly param?: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** The right to work on a job, as long as its lease is renewed. Whoever claims next has a higher `attempt`. */
export interface Claim {
  readonly id: string;
  readonly tenantId: string;
  readonly attempt: number;
}
export interface ClaimedJob extends Claim {
  readonly job: JobFacts;
  readonly submission: Submission;
}

/** How a job may end for good. */
export type End = 'succeeded' | 'failed' | 'cancelled' | 'expired' | 'dead';

/** Told of jobs that end, within the transaction in which they do. */
export interface EndedJob {
  readonly job: JobFacts & { readonly status: End };
  /** Opens what was handed in. */
  submission(): Submission;
}
