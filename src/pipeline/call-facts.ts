import type { Call, CallFacts, InspectionFacts, PromptSize, Tried } from '../contract/call';
import type { Likeness, Usage } from '../contract/reply';
import type { CallFinished } from '../contract/events';
import type { PlainObject } from '../features/audit';
import { unknownModels } from './tries';

/** A body can name any number of fields. */
const DROPPED_KEPT = 100;
const TRIES_KEPT = 20;

/** What a header says of a call before it is answered. */
export function requestMetadata(
  { id, request, wire, tags, inBatch, shadows, trace }: Call,
  size: PromptSize,
): PlainObject {
  return {
    call_id: id,
    tags: tags?.length ? tags : undefined,
    batch: inBatch ? true : undefined,
    shadow_of: shadows,
    operation: request.operation,
    dialect: wire.dialect,
    stream: request.stream,
    messages: size.messages,
    prompt_characters: size.characters,
    trace_id: trace?.traceId,
  };
}

/** What a header says of what the guards did and found. */
export function inspectionMetadata(inspection: InspectionFacts | undefined): PlainObject {
  if (!inspection) return {};
  const { guards, found, injection, restored } = inspection;
  return {
    guards: guards.length ? guards : undefined,
    findings: found.input || found.output ? found : undefined,
    injection: injection && {
      // headers hold whole numbers
      score_percent: Math.round(injection.score * 100),
      rules: injection.rules,
      rules_version: injection.rulesVersion,
    },
    restored: restored && { values: restored.values, misses: restored.misses },
  };
}

/** What a header says of how a model was chosen, what was left out of the prompt, and what that saved. */
export function selectionMetadata({ task, selection, trimmed, sized, saved }: Partial<CallFacts>): PlainObject {
  return {
    task,
    selection: selection && {
      level: selection.level,
      by: selection.by,
      reasons: selection.reasons,
      asked: selection.asked,
      chosen: selection.chosen,
    },
    trimmed: trimmed && { tokens: whole(trimmed.tokens), turns: trimmed.turns, duplicates: trimmed.duplicates },
    max_tokens: sized && { sent: whole(sized.sent), asked: sized.asked === undefined ? undefined : whole(sized.asked) },
    saved: saved?.map(({ by, tokens, picos }) => ({ by, tokens: whole(tokens), picos: picos?.toString() })),
  };
}

/** What a header says of what feature flags decided. */
export function flagMetadata({ featureFlags }: Partial<CallFacts>): PlainObject {
  if (!featureFlags?.length) return {};
  return { feature_flags: featureFlags.map((fact) => ({ ...fact })) };
}

/** What a header says of a model that is at its end. */
export function deprecationMetadata({ deprecation }: Partial<CallFacts>): PlainObject {
  if (!deprecation) return {};
  const { model, status, deprecatedAt, retiresAt, replacement } = deprecation;
  return {
    deprecation: { model, status, deprecated_at: iso(deprecatedAt), retires_at: iso(retiresAt), replacement },
  };
}

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** What a header says of a call that leaves once more: the rest is in the entry it belongs to. */
export function repairMetadata({ request, wire }: Call): PlainObject {
  return { operation: request.operation, dialect: wire.dialect, stream: request.stream, repair: true };
}

/** What a header says of how a call ended. Names and numbers only; what is not known is left out. */
export function outcomeMetadata(facts: Partial<CallFacts>, finished: CallFinished): PlainObject {
  const { usage } = finished;
  return {
    attempts: finished.attempts,
    latency_ms: Math.round(finished.latencyMs),
    first_token_ms: rounded(finished.firstTokenMs),
    upstream_ms: rounded(finished.upstreamMs),
    error_code: finished.code,
    finish_reason: finished.finishReason,
    provider_request_id: facts.providerRequestId?.slice(0, 200),
    reported_model: reportedName(facts),
    cache: facts.cache,
    cache_reason: facts.cacheReason,
    saved_usage: facts.savedUsage && usageMetadata(facts.savedUsage),
    ...likenessMetadata(facts.likeness),
    degraded: finished.degraded,
    validated: facts.validated,
    max_tokens_set: facts.budget?.maxTokens,
    repeated: facts.repeated || undefined,
    dropped: facts.dropped?.length ? facts.dropped.slice(0, DROPPED_KEPT) : undefined,
    tried: recordedTries(facts.tried),
    usage: usage && usageMetadata(usage),
  };
}

function usageMetadata(usage: Usage): PlainObject {
  return {
    input_tokens: whole(usage.inputTokens),
    cache_read_tokens: whole(usage.cacheReadTokens),
    cache_write_tokens: whole(usage.cacheWriteTokens),
    cache_write_long_tokens: usage.cacheWriteLongTokens ? whole(usage.cacheWriteLongTokens) : undefined,
    output_tokens: whole(usage.outputTokens),
    thinking_tokens: whole(usage.thinkingTokens ?? 0),
    estimated: usage.estimated ?? false,
  };
}

/** The model's name comes from the configuration; the request id is that of a call of the same tenant. */
function likenessMetadata(likeness: Likeness | undefined): PlainObject {
  if (!likeness) return {};
  const { similarity, by, requestId } = likeness;
  // headers hold whole numbers
  return { similarity_permille: Math.round(similarity * 1_000), similarity_by: by, source_request_id: requestId };
}

/** Nothing when the first try succeeded. A name that the provider does not know may be anything, and is left out. */
function recordedTries(tried: readonly Tried[] = []): readonly PlainObject[] | undefined {
  if (tried.length < 2 && !tried[0]?.code) return undefined;
  const unknown = unknownModels(tried);
  return tried.slice(0, TRIES_KEPT).map(({ provider, model, key, code, ms }) => ({
    provider,
    model: unknown.includes(model) ? undefined : model,
    key,
    code,
    ms: Math.round(ms),
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
