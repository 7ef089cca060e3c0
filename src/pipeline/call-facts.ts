import type { Call, CallFacts, InspectionFacts, PromptSize, Tried } from '../contract/call';
import type { CallFinished } from '../contract/events';
import type { FlagFact } from '../contract/flags';
import type { Deprecation } from '../contract/lifecycle';
import type { Usage } from '../contract/reply';
import type { Saving, SelectionFacts, SizedFacts, TrimmedFacts } from '../contract/selection';
import { inOrder, type PlainObject } from '../features/audit';
import { unknownModels } from './tries';

/** A body can name any number of fields. */
const DROPPED_KEPT = 100;
const TRIES_KEPT = 20;
const NOTHING: Partial<CallFacts> = {};

/**
 * What a header says of a call: what is not known is left out. Members are in the order in which a header has them, here and
 * below: no entry has to sort them.
 * @param finished how it ended; absent while it only leaves
 */
export function callMetadata(
  { id, request, wire, tags, inBatch, shadows, trace }: Call,
  size: PromptSize,
  facts: Partial<CallFacts>,
  finished?: CallFinished,
): PlainObject {
  const { inspection } = facts;
  const guards = inspection?.guards;
  // what was noted of an answer is told once it is over
  const ended = finished ? facts : NOTHING;
  return {
    attempts: finished?.attempts,
    batch: inBatch ? true : undefined,
    cache: ended.cache,
    cache_reason: ended.cacheReason,
    call_id: id,
    cost_picos: finished?.cost?.toString(),
    degraded: finished?.degraded,
    deprecation: ended.deprecation && deprecationMetadata(ended.deprecation),
    dialect: wire.dialect,
    dropped: ended.dropped?.length ? ended.dropped.slice(0, DROPPED_KEPT) : undefined,
    error_code: finished?.code,
    feature_flags: facts.featureFlags?.length ? facts.featureFlags.map(flagMetadata) : undefined,
    findings: inspection && findingsMetadata(inspection.found),
    finish_reason: finished?.finishReason,
    first_token_ms: rounded(finished?.firstTokenMs),
    guards: guards?.length ? guards : undefined,
    injection: inspection?.injection && injectionMetadata(inspection.injection),
    latency_ms: finished && Math.round(finished.latencyMs),
    max_tokens: facts.sized && sizedMetadata(facts.sized),
    max_tokens_set: ended.budget?.maxTokens,
    messages: size.messages,
    operation: request.operation,
    prompt_characters: size.characters,
    provider_request_id: ended.providerRequestId?.slice(0, 200),
    repeated: ended.repeated || undefined,
    reported_model: reportedName(ended),
    restored: inspection?.restored && restoredMetadata(inspection.restored),
    saved: facts.saved?.map(savingMetadata),
    saved_usage: ended.savedUsage && usageMetadata(ended.savedUsage),
    selection: facts.selection && selectionMetadata(facts.selection),
    shadow_of: shadows,
    similarity_by: ended.likeness?.by,
    // headers hold whole numbers
    similarity_permille: ended.likeness && Math.round(ended.likeness.similarity * 1_000),
    // that of a call of the same tenant
    source_request_id: ended.likeness?.requestId,
    stream: request.stream,
    tags: tags?.length ? tags : undefined,
    task: facts.task,
    trace_id: trace?.traceId,
    tried: recordedTries(ended.tried),
    trimmed: facts.trimmed && trimmedMetadata(facts.trimmed),
    upstream_ms: rounded(finished?.upstreamMs),
    usage: finished?.usage && usageMetadata(finished.usage),
    validated: ended.validated,
  };
}

/** What a header says of a call that leaves once more: the rest is in the entry it belongs to. */
export function repairMetadata({ request, wire }: Call): PlainObject {
  return { dialect: wire.dialect, operation: request.operation, repair: true, stream: request.stream };
}

/** How many of each kind, where there are any. */
function findingsMetadata({ input, output }: InspectionFacts['found']): PlainObject | undefined {
  return input || output ? { input: input && inOrder(input), output: output && inOrder(output) } : undefined;
}

function injectionMetadata({ rules, rulesVersion, score }: NonNullable<InspectionFacts['injection']>): PlainObject {
  // headers hold whole numbers
  return { rules, rules_version: rulesVersion, score_percent: Math.round(score * 100) };
}

function restoredMetadata({ misses, values }: NonNullable<InspectionFacts['restored']>): PlainObject {
  return { misses, values };
}

function selectionMetadata({ asked, by, chosen, level, reasons }: SelectionFacts): PlainObject {
  return { asked, by, chosen, level, reasons };
}

function trimmedMetadata({ duplicates, tokens, turns }: TrimmedFacts): PlainObject {
  return { duplicates, tokens: whole(tokens), turns };
}

function sizedMetadata({ asked, sent }: SizedFacts): PlainObject {
  return { asked: asked === undefined ? undefined : whole(asked), sent: whole(sent) };
}

function savingMetadata({ by, picos, tokens }: Saving): PlainObject {
  return { by, picos: picos?.toString(), tokens: whole(tokens) };
}

function flagMetadata({ decides, error, flag, reason, refused, variant, version }: FlagFact): PlainObject {
  return { decides, error, flag, reason, refused, variant, version };
}

/** Of a model that is at its end. */
function deprecationMetadata({ deprecatedAt, model, replacement, retiresAt, status }: Deprecation): PlainObject {
  return { deprecated_at: iso(deprecatedAt), model, replacement, retires_at: iso(retiresAt), status };
}

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

function usageMetadata(usage: Usage): PlainObject {
  return {
    cache_read_tokens: whole(usage.cacheReadTokens),
    cache_write_long_tokens: usage.cacheWriteLongTokens ? whole(usage.cacheWriteLongTokens) : undefined,
    cache_write_tokens: whole(usage.cacheWriteTokens),
    estimated: usage.estimated ?? false,
    image_tokens: usage.imageTokens ? whole(usage.imageTokens) : undefined,
    input_tokens: whole(usage.inputTokens),
    output_tokens: whole(usage.outputTokens),
    thinking_tokens: whole(usage.thinkingTokens ?? 0),
  };
}

/** Nothing when the first try succeeded. A name that the provider does not know may be anything, and is left out. */
function recordedTries(tried: readonly Tried[] = []): readonly PlainObject[] | undefined {
  if (tried.length < 2 && !tried[0]?.code) return undefined;
  const unknown = unknownModels(tried);
  return tried.slice(0, TRIES_KEPT).map(({ provider, model, key, code, ms, usage }) => ({
    code,
    key,
    model: unknown.includes(model) ? undefined : model,
    ms: Math.round(ms),
    provider,
    usage: usage && usageMetadata(usage),
  }));
}

/** Where it tells more than what was asked for, and looks like a name. */
function reportedName({ reportedModel, providerModel }: Partial<CallFacts>): string | undefined {
  const tells = reportedModel !== undefined && reportedModel !== providerModel;
  return tells && /^[\w./:@-]{1,100}$/.test(reportedModel) ? reportedModel : undefined;
}

const rounded = (ms: number | undefined) => (ms === undefined ? undefined : Math.max(0, Math.round(ms)));
/** What a provider counts may be anything; a header holds whole numbers. */
const whole = (tokens: number) =>
  Number.isFinite(tokens) ? Math.min(Math.max(0, Math.trunc(tokens)), Number.MAX_SAFE_INTEGER) : 0;
