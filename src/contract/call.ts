/** A call on its way through the pipeline. Each stage extends the type, so a later type proves that the earlier stage ran. */
import type { Caller } from './caller';
import type { ErrorCode, GatewayError } from './errors';
import type { Entity } from './entities';
import type { AddedPrompt, FlagFact } from './flags';
import type { Deprecation } from './lifecycle';
import type { GuardMemory, InBatch } from './in-batch';
import type { CacheReason, CacheUse, Degraded, Likeness, Reply, ReplyEvent, Usage, Validated } from './reply';
import type { ModelRequest } from './request';
import type { Complexity, Saving, SelectionFacts, SizedFacts, TrimmedFacts } from './selection';
import type { Trace } from './trace';
import type { WireRequest } from './wire';

/** What every call carries, whichever door it came in by. */
export interface Call {
  /** Ours, unique; the record's key. */
  readonly id: string;
  /** The caller's `x-request-id` when well-formed, otherwise equal to `id`. Not unique. */
  readonly requestId: string;
  readonly caller: Caller;
  readonly request: ModelRequest;
  readonly wire: WireRequest;
  /** The end user, as the header or the body names it. Personal data: never stored in clear. */
  readonly user?: string;
  readonly session?: string;
  /** Words by which the caller groups its spending. Sorted, each once; never personal. */
  readonly tags?: readonly string[];
  /** Names the call, so that repeating it under the same name has no second effect. Chosen by the caller. */
  readonly idempotencyKey?: string;
  readonly cacheIntent?: CacheIntent;
  readonly validation?: Validation;
  /** How hard the call is, as its caller says. */
  readonly complexity?: Complexity;
  /** Made by the gateway itself, to replace a kept answer that grew old: nobody waits for it. */
  readonly revalidates?: true;
  /** Sent to a second model after the call of that id was answered: nobody waits for it. */
  readonly shadows?: string;
  /** The job that makes the call: what is held for the job pays for it first. */
  readonly job?: CallingJob;
  /** Its provider is asked in a batch, at the price of one. */
  readonly inBatch?: InBatch;
  /** What the call is a step of, as its caller's `traceparent` says. */
  readonly traceparent?: string;
  /** The step of its trace that it is at; absent where it has none. */
  readonly trace?: Trace;
  /** Milliseconds that the caller is willing to wait in all, when it says so. */
  readonly timeoutMs?: number;
  /** Aborted when the caller goes away or the process must stop. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch, and on the monotonic clock. */
  readonly receivedAt: number;
  readonly startedAt: number;
}

export interface CallingJob {
  readonly id: string;
  /** The same whenever this call of the job is made again: providers that can tell repeated calls by a name are given one. */
  readonly name: string;
}

/**
 * What a caller says of past answers. `no-store`: neither read nor keep any; `refresh`: keep this one, read none; `use`: one will
 * do, though the call has many possible answers; `similar`: the answer to nearly the same question will do.
 */
export const CACHE_INTENTS = ['no-store', 'refresh', 'use', 'similar'] as const;
export type CacheIntent = (typeof CACHE_INTENTS)[number];

/**
 * What is to become of an answer that does not conform to the schemas of the call. `refuse`: it is not handed out; `repair`: the
 * model is asked once more, and then the same holds.
 */
export type Validation = 'refuse' | 'repair';

/** Added by the audit stage: where later stages note what they decided. */
export interface AuditedCall extends Call {
  readonly record: CallRecord;
  readonly size: PromptSize;
}
export interface PromptSize {
  readonly messages: number;
  /** All text of the call. */
  readonly characters: number;
  /** The text before the last message. */
  readonly historyCharacters: number;
}
export interface CallRecord {
  note<K extends keyof CallFacts>(fact: K, value: CallFacts[K]): void;
  /** The form of the call whose text may be kept. From then on only what is `heard` of the answer is taken down. */
  keep(sent: WireRequest): void;
  /** The answer in the form whose text may be kept: before anything is put back into it. */
  hear(event: ReplyEvent): void;
  /** What is done to each text that was heard, once all is said, before it is kept. */
  polish(mask: (text: string) => Promise<string>): void;
  /**
   * Makes it durable that the call is about to leave for a provider, as the tenant's mode of the log asks. When it leaves once
   * more, to have its answer repaired, that is an entry of its own.
   * @returns the entry that says so, where there is one
   * @throws GatewayError `audit_unavailable`: it must not leave
   */
  leave(): Promise<string | undefined>;
}
/** What stages tell the record. Names and numbers only: never content. */
export interface CallFacts {
  /** The model asked for, once it is known to exist. */
  model: string;
  provider: string;
  providerModel: string;
  /** What the provider says answered: often a dated version. It may be anything. */
  reportedModel: string;
  providerRequestId: string;
  attempts: number;
  /** Every time a provider was asked, in order. */
  tried: readonly Tried[];
  /** The model that comes first, whatever stands in for it. */
  preferred: Pick<Candidate, 'provider' | 'model'>;
  dropped: readonly string[];
  degraded: Degraded;
  cache: CacheUse;
  likeness: Likeness;
  cacheReason: CacheReason;
  /** What the answer took when a model gave it: not used again, as it was kept. */
  savedUsage: Usage;
  validated: Validated;
  /** What was used although the call failed: answers that were paid for and not handed out. */
  spent: Usage;
  /** The call repeated an earlier one and was given its answer. */
  repeated: boolean;
  inspection: InspectionFacts;
  /** The task of the policy that the call belongs to. */
  task: string;
  selection: SelectionFacts;
  trimmed: TrimmedFacts;
  sized: SizedFacts;
  saved: readonly Saving[];
  budget: BudgetFacts;
  /** What feature flags decided. */
  featureFlags: readonly FlagFact[];
  /** The model that answered, or the one that it replaces, is at its end. */
  deprecation: Deprecation;
}

/** What budgets had to do with a call. */
export interface BudgetFacts {
  /** The maximum of answer tokens that was set because the caller named none. */
  readonly maxTokens?: number;
  /** A budget that does not refuse calls is exceeded. */
  readonly over?: true;
}

/** What the guards did, written by the code that did it, and what they found. */
export interface InspectionFacts {
  /** Those that really read all of what they are there for. */
  readonly guards: readonly string[];
  /** How many of each kind. */
  readonly found: { readonly [D in 'input' | 'output']?: { readonly [E in Entity]?: number } };
  readonly flags: readonly string[];
  readonly injection:
    | {
        /** 0 to 1. */
        readonly score: number;
        readonly rules: readonly string[];
        readonly rulesVersion: string;
      }
    | undefined;
  /** How many tokens were put back into the answer, and how many looked like some and were not of this call. */
  readonly restored?: { readonly values: number; readonly misses: number } | undefined;
  /** Hashes of the policy and the rules in force. */
  readonly policy: Readonly<Record<string, string>>;
}

/** What became of one time a provider was asked. */
export interface Tried {
  readonly provider: string;
  readonly model: string;
  readonly key?: number;
  /** Absent when it answered. */
  readonly code?: ErrorCode;
  /** Until the first piece of the answer, or the failure; milliseconds. */
  readonly ms: number;
  /** What the provider said that an answer took which was of no use; it is charged for. */
  readonly usage?: Usage;
}

/** Added by the admit stage: the call is within its limits and holds its slot until it is settled. */
export interface AdmittedCall extends AuditedCall {
  readonly admitted: true;
}

/** Added by the idempotency stage: no other call with the same idempotency key is being answered. */
export interface UniqueCall extends AdmittedCall {
  readonly unique: true;
}

/** Added by the flag stage: what feature flags decide about it. */
export interface FlaggedCall extends UniqueCall {
  readonly flags: FlagDecisions;
}

export interface FlagDecisions {
  /** Modes that guards have in place of those of the policy, by guard. */
  readonly guards: Readonly<Record<string, string>>;
  readonly prompts: readonly AddedPrompt[];
  /** False: no kept answer is given, and this one is not kept. */
  readonly caches: boolean;
  /** The models that stand before those of an alias; none where no flag says so. */
  modelsFor(alias: string): Promise<readonly Candidate[]>;
}

/**
 * Added by the sanitize stage. From here on `request` and `wire` hold the call with everything personal replaced by tokens:
 * what may be compared, cached and kept. What a provider is sent is `outgoing`.
 */
export interface SanitizedCall extends FlaggedCall {
  readonly outgoing: Outgoing;
  /** What the call was read with, and a name for what its tokens stand for: calls are the same only if this is. */
  readonly guarded: GuardedAs;
  /** The call as it came in, for whoever has to make it again. Never compared, cached or kept. */
  readonly original: UniqueCall;
}

export interface GuardedAs {
  /** Hashes of the policy and the rules in force. */
  readonly policy: Readonly<Record<string, string>>;
  /** A keyed hash of the values behind the tokens, hex; absent where there are none. */
  readonly values?: string;
}

/** The forms in which a call may leave: what is personal is told to some providers and not to others. */
export interface Outgoing {
  /** Why this provider may not be sent the call at all. */
  barred(provider: string): GatewayError | undefined;
  to(provider: string): Sendable;
  /** Puts back what tokens in an answer's text stand for; absent where there are none. */
  restore?(text: string): string;
  /** What must be known again to read an answer that may come after this process; absent where nothing was guarded. */
  memory?(): GuardMemory;
}
export interface Sendable {
  readonly request: ModelRequest;
  readonly wire: WireRequest;
}

/** Added by the instruct stage: the instructions hold what the operator adds to them. */
export interface InstructedCall extends SanitizedCall {
  readonly instructed: true;
}

/**
 * Added by the select stage: `request.model` is the alias that is hard enough for the call, and the prompt is as short as the
 * policy says.
 */
export interface SelectedCall extends InstructedCall {
  /** Undefined where nothing was to be chosen. */
  readonly selection: SelectionFacts | undefined;
  /** The most answer tokens that providers are asked for, where that is less than `request.maxTokens` or it names none. */
  readonly sized?: number;
}

/** Added by the route stage: the models that may answer, best first; never empty. */
export interface RoutedCall extends SelectedCall {
  readonly candidates: readonly [Candidate, ...Candidate[]];
}
export interface Candidate {
  readonly provider: string;
  /** The provider's own name for the model. */
  readonly model: string;
  /** The caller chose this very model; the others stand in for it. */
  readonly named?: boolean;
  /** The retired model, `provider/model`, that it replaces. */
  readonly insteadOf?: string;
  readonly price?: Price;
  readonly maxOutputTokens?: number;
  readonly contextTokens?: number;
  readonly thinks?: boolean | 'adaptive' | 'budget';
  /** False when the model refuses temperature and its like. */
  readonly sampling?: boolean;
  /** False when the model refuses stop sequences. */
  readonly stop?: boolean;
}

/** Micro-dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** Added by the degrade stage: when no model answers, something humbler will. */
export interface CushionedCall extends RoutedCall {
  readonly cushioned: true;
  /** Under which its answer is kept and looked up; absent when neither may be done. */
  readonly answerKey?: string;
}

/** Added by the cache stage: how the cache was consulted. */
export interface CacheCheckedCall extends CushionedCall {
  readonly cache: Extract<CacheUse, 'miss' | 'bypass'>;
}

/** Added by the conform stage: no answer reaches the cache or the caller that does not conform, where the caller asked for that. */
export interface ConformingCall extends CacheCheckedCall {
  readonly conforms: true;
}

/** Added by the budget stage: the money this call may cost is set aside. */
export interface FundedCall extends ConformingCall {
  /** The hold is absent where no budget applies. */
  readonly funding: { readonly hold?: string };
}

/** Added by the egress stage: it is on the record that this call leaves for a provider. */
export interface RecordedCall extends FundedCall {
  readonly recorded: true;
  /** The entry that says so, where there is one. */
  readonly entry: string | undefined;
}

export type Handler<C extends Call> = (call: C) => Promise<Reply>;
