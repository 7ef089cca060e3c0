/** Work that takes longer than anybody waits on a socket. A job is cut into steps; a step that ended is never done again. */
import type { CacheIntent, Validation } from './call';
import type { BatchedReply, BatchTarget, Letter } from './in-batch';
import type { Json, JsonObject } from './json';
import type { Picos } from './money';
import type { CacheUse, Degraded, FinishReason, Usage } from './reply';
import type { WireRequest } from './wire';

/** What callers may hand in as a job. */
export const OPEN_JOB_TYPES = ['completion', 'analysis', 'document', 'code-review', 'batch'] as const;
/** `eval`: a run is asked for at its own door. */
export const JOB_TYPES = [...OPEN_JOB_TYPES, 'eval'] as const;
export type JobType = (typeof JOB_TYPES)[number];

/**
 * `scheduled`: its start lies ahead; `queued`: it may start; `running`: somebody holds its lease. The others are final, but for a
 * retry: `succeeded`, `failed` (an error that would come again), `cancelled`, `expired` (it did not end within its time to live), `dead`
 * (it failed or was taken over too often).
 */
export const JOB_STATUSES = [
  'scheduled',
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
  'dead',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** What the request ids of calls begin with that jobs make: no caller names its own call so. */
export const JOB_REQUEST_PREFIX = 'job:';

/** A question to a model, in no dialect. */
export interface Question {
  /** An alias, a vendor's name, or `provider/name`. */
  readonly model: string;
  readonly system?: string;
  readonly prompt: string;
  readonly maxTokens?: number;
  /** 0 when absent, so that equal questions are answered from the cache. */
  readonly temperature?: number;
  /** The answer must be JSON that conforms; repaired once by the model when it does not. */
  readonly schema?: { readonly name: string; readonly schema: JsonObject };
  /** `use` when absent. */
  readonly cache?: CacheIntent;
}

export interface Answer {
  readonly text: string;
  /** Parsed, where the question had a schema. */
  readonly json?: Json;
  readonly callId: string;
  readonly provider: string;
  readonly model: string;
  readonly cache: CacheUse;
  /** Absent when the model that was to answer did. */
  readonly degraded?: Degraded;
  /** Until the answer was complete; absent where it was given again. */
  readonly latencyMs?: number;
  readonly usage: Usage;
  readonly picos: Picos;
  readonly finish: FinishReason;
}

/** A call as a caller wrote it, in a vendor's dialect; `stream` is ignored. */
export type ForeignCall = Pick<WireRequest, 'dialect' | 'body'> & {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cache?: CacheIntent;
  /** Names the call in the record; by its job when absent. */
  readonly requestId?: string;
  /** How often it may fail, where asking again may go better, before that is told; never when absent. */
  readonly failures?: number;
  /** How long limits that it meets are waited for, in milliseconds; not for long when absent. */
  readonly patienceMs?: number;
};

/** Its answer, as a door of the same dialect would have given it. */
export interface ForeignAnswer extends Omit<Answer, 'text' | 'json' | 'finish'> {
  readonly requestId: string;
  readonly body: JsonObject;
}

/** Asks a model once, whatever happens to the process. */
export interface Ask {
  /** @throws GatewayError as a door would refuse the call */
  (question: Question): Promise<Answer>;
  /** @throws GatewayError likewise */
  verbatim(call: ForeignCall): Promise<ForeignAnswer>;
  /**
   * Readies a call to be sent with a batch of that model's provider: that it leaves is on the record.
   * @returns its answer instead, where that was there already
   * @throws NotOfBatch when another model would answer it; GatewayError as a door would refuse it
   */
  post(call: ForeignCall, target: BatchTarget): Promise<PostedCall>;
  /** Takes what the provider said of it. @throws GatewayError what it failed with */
  receive(call: ForeignCall, target: BatchTarget, letter: Letter, reply: BatchedReply): Promise<ForeignAnswer>;
}

export type PostedCall = { readonly letter: Letter } | { readonly answer: ForeignAnswer };

export interface JobContext {
  readonly jobId: string;
  readonly tenantId: string;
  /** Aborted when the job is cancelled, expires, or is handed back. What is thrown then does not count as a failure. */
  readonly signal: AbortSignal;
  /** How many steps may be under way at once. */
  readonly parallel: number;
  /** What its submitter wants of answers. */
  readonly validation?: Validation | undefined;
  /**
   * Does a piece of work once. When the job is taken over, a step that ended is not done again: what it gave is given again.
   * @param key the same for the same work, at most 200 characters; never content
   */
  step<T extends Json>(key: string, work: (ask: Ask) => Promise<T>): Promise<T>;
  /**
   * The last step: what it gives is the result of the job, and kept as that alone. When the job is taken over before, it is done
   * again: its calls are given the answers that they were given.
   * @param key as of a step
   */
  conclude<T extends Json>(key: string, work: (ask: Ask) => Promise<T>): Promise<T>;
  /** What callers see of the job on its way: a partial result, kept with its key; the last one of a key counts. */
  partial(key: string, value: Json): Promise<void>;
  /** 0 to 100, never going back, and what is being done ("map", "merge"). Cheap: written at most every half second. */
  progress(percent: number, stage: string): void;
}

/** Questions that a job may ask. */
export interface JobEstimate {
  readonly model: string;
  readonly promptBytes: number;
  /** Of all answers to one question; as many as the model gives when absent. */
  readonly maxTokens?: number;
  /** To one question; 1 when absent. */
  readonly answers?: number;
  readonly times: number;
  /** `chat` when absent. */
  readonly operation?: 'embeddings';
  /** What cannot be asked, because there is no such model or the key may not use it, is no reason to refuse the job. */
  readonly optional?: true;
}

/** One kind of job. Plain TypeScript: no framework, no storage. */
export interface JobKind<I = unknown> {
  readonly type: JobType;
  /** How many of its steps may be under way at once; as configured for all jobs when absent. */
  readonly parallel?: number;
  /** @throws GatewayError `invalid_request` that names the field */
  parse(input: Json): I;
  /**
   * The questions it will ask at most, roughly, for what is held at submit and the ETA. Cheap.
   * @throws GatewayError when the job could never be done
   */
  estimate(input: I, tenantId: string): readonly JobEstimate[] | Promise<readonly JobEstimate[]>;
  /** Whom the input names as the end user. */
  userOf?(input: I): string | undefined;
  /** The files that it reads, by their ids. */
  filesOf?(input: I): readonly string[];
  /** @throws GatewayError how the job failed */
  run(input: I, context: JobContext): Promise<Json>;
}
