import { isUuid } from '../../../contract/ids';
import { NO_USAGE, type Usage } from '../../../contract/reply';
import type { Wasted } from '../prices/price-book';
import { type LedgerRow, UNKNOWN } from './ledger-row';

/** What a header says of a call, before anybody asks for its price. */
export type RecordedCall = Omit<LedgerRow, 'cost' | 'saved' | 'priceVersion'> & {
  /** The entry only tells how the call ended after all: an answer that was withheld. What was used is in an earlier one. */
  readonly amends: boolean;
  /** A provider was asked and nobody was told what it took. */
  readonly untold: boolean;
};

type Fields = Readonly<Record<string, unknown>>;

/** Whose answers were paid for before. */
const REUSED = new Set(['hit', 'stale', 'similar', 'coalesced']);
const MAX_TEXT = 512;
const MAX_TAGS = 64;
const MAX_TRIES = 64;
/** More than any call can use. What a provider claims beyond it would only overflow a sum. */
const MAX_TOKENS = 1_000_000_000_000;
/** An id that says another time than its entry was not made by a gateway. */
const TIME_APART_MS = 172_800_000;
/** Three weeks: as much as a column holds. */
const MAX_MS = 2_147_483_647;
const CHARACTERS_PER_TOKEN = 4;

/**
 * The call that an entry ends, whether or not it cost anything: what was held for it is free again.
 * @param opening the header of `openingEntry`, where there is one
 */
export function endedCall(header: unknown, opening?: unknown): string | undefined {
  const told = fieldsOf(header);
  const { event } = told;
  if (event !== 'llm.response' && event !== 'llm.refused' && event !== 'llm.orphan') return undefined;
  return uuid(fieldsOf(fieldsOf(opening)['metadata'])['call_id']) ?? callIdOf(told, fieldsOf(told['metadata']));
}

/** The entry that a call was opened with, when one must be read to know what an orphan was. */
export function openingEntry(header: unknown): string | undefined {
  const { event, parent } = fieldsOf(header);
  return event === 'llm.orphan' ? uuid(parent) : undefined;
}

/**
 * What an entry says of a call's use.
 * @param header anything: what no gateway wrote is no call
 * @param opening the header of `openingEntry`, where there is one
 * @returns undefined when the entry is not the end of a call that could have cost something
 */
export function recordedCall(index: number, header: unknown, opening?: unknown): RecordedCall | undefined {
  const told = fieldsOf(header);
  const orphan = told['event'] === 'llm.orphan';
  if (!orphan && told['event'] !== 'llm.response') return undefined;
  // an orphan says little more than whose it was
  const opened = orphan ? fieldsOf(opening) : undefined;
  const facts: Fields = opened ? { ...opened, ...told } : told;
  const metadata: Fields = opened
    ? { ...fieldsOf(opened['metadata']), ...fieldsOf(told['metadata']) }
    : fieldsOf(told['metadata']);
  const tenantId = uuid(facts['tenant']);
  const callId = callIdOf(facts, metadata);
  const ts = typeof facts['ts'] === 'string' ? Date.parse(facts['ts']) : NaN;
  if (tenantId === undefined || callId === undefined || Number.isNaN(ts)) return undefined;
  const provider = text(facts['provider']);
  const resolved = text(facts['model_resolved']);
  const cache = text(metadata['cache']);
  const reused = cache !== undefined && REUSED.has(cache);
  const recorded = orphan ? assumedUsage(metadata) : usageOf(metadata['usage']);
  // an answer that was there already used nothing, unless its entry tells the two apart
  const saved = usageOf(metadata['saved_usage']);
  const usage = reused && !saved ? undefined : recorded;
  const outcome = orphan ? UNKNOWN : (text(facts['outcome']) ?? UNKNOWN);
  return {
    index,
    callId,
    at: timeOf(callId, ts),
    tenantId,
    keyId: text(facts['actor']) ?? '',
    userRef: text(facts['user_id']),
    sessionRef: text(facts['session']),
    model: text(facts['model']),
    provider,
    providerModel:
      provider !== undefined && resolved?.startsWith(`${provider}/`) ? resolved.slice(provider.length + 1) : undefined,
    providerRequestId: text(metadata['provider_request_id']),
    operation: text(metadata['operation']),
    outcome,
    asked: orphan || outcome === 'answered' || metadata['batch'] === true || wasTried(metadata),
    batch: metadata['batch'] === true,
    tags: tagsOf(metadata['tags']),
    usage: usage ?? NO_USAGE,
    wasted: usage ? wastedIn(metadata['tried']) : [],
    spared: reused ? (saved ?? recorded) : undefined,
    cache,
    reused,
    latencyMs: milliseconds(metadata['latency_ms']),
    firstTokenMs: milliseconds(metadata['first_token_ms']),
    degraded: text(metadata['degraded']),
    flags: modelFlags(metadata['feature_flags']),
    amends: !orphan && recorded === undefined && metadata['operation'] === undefined,
    untold:
      recorded === undefined &&
      outcome === 'abandoned' &&
      count(metadata['attempts']) > 0 &&
      !wasRefused(metadata['tried']),
  };
}

/** Entries that do not say how often a provider was asked say nothing against it. */
function wasTried({ attempts, tried }: Fields): boolean {
  return attempts !== 0 || (Array.isArray(tried) && tried.length > 0);
}

function wastedIn(tried: unknown): readonly Wasted[] {
  if (!Array.isArray(tried)) return [];
  return tried.slice(0, MAX_TRIES).flatMap((one: unknown) => {
    const { usage: told, ...names } = fieldsOf(one);
    const [provider, model, usage] = [text(names['provider']), text(names['model']), usageOf(told)];
    return usage && provider !== undefined && model !== undefined ? [{ target: `${provider}/${model}`, usage }] : [];
  });
}

/** The provider that was asked last took nothing: it said no. Whoever was cut off meanwhile may have begun. */
function wasRefused(tried: unknown): boolean {
  const code = Array.isArray(tried) ? fieldsOf(tried.at(-1))['code'] : undefined;
  return typeof code === 'string' && code !== 'client_closed' && code !== 'deadline_exceeded';
}

/** Version 7 of UUIDs begins with the time. @returns milliseconds since the epoch */
function timeOf(callId: string, ts: number): number {
  const at = callId[14] === '7' ? parseInt(callId.slice(0, 8) + callId.slice(9, 13), 16) : ts;
  return Math.abs(at - ts) < TIME_APART_MS ? at : ts;
}

function callIdOf(header: Fields, metadata: Fields): string | undefined {
  return uuid(metadata['call_id']) ?? uuid(header['parent']) ?? uuid(header['entry_id']);
}

function usageOf(told: unknown): Usage | undefined {
  if (typeof told !== 'object' || told === null) return undefined;
  const usage = told as Fields;
  const cacheWriteLongTokens = count(usage['cache_write_long_tokens']);
  const imageTokens = count(usage['image_tokens']);
  return {
    inputTokens: count(usage['input_tokens']),
    ...(imageTokens > 0 && { imageTokens }),
    cacheReadTokens: count(usage['cache_read_tokens']),
    cacheWriteTokens: count(usage['cache_write_tokens']),
    ...(cacheWriteLongTokens > 0 && { cacheWriteLongTokens }),
    outputTokens: count(usage['output_tokens']),
    thinkingTokens: count(usage['thinking_tokens']),
    estimated: usage['estimated'] === true,
  };
}

/** The prompt may have been read; nobody knows what was answered. */
function assumedUsage(metadata: Fields): Usage {
  const inputTokens = Math.ceil(count(metadata['prompt_characters']) / CHARACTERS_PER_TOKEN);
  return { ...NO_USAGE, inputTokens, estimated: true };
}

function tagsOf(told: unknown): readonly string[] {
  if (!Array.isArray(told)) return [];
  return [...new Set(told.flatMap((tag) => text(tag) ?? []))].slice(0, MAX_TAGS).sort();
}

/** Of the flags that were asked: those that chose the model. */
function modelFlags(told: unknown): readonly string[] {
  if (!Array.isArray(told)) return [];
  const facts = told.slice(0, MAX_TAGS).map(fieldsOf);
  return facts.flatMap((fact) => {
    const [flag, variant] = [text(fact['flag']), text(fact['variant'])];
    const isIt = fact['decides'] === 'model' && fact['refused'] === undefined;
    return isIt && flag !== undefined && variant !== undefined ? [`${flag}=${variant}`] : [];
  });
}

function milliseconds(told: unknown): number | undefined {
  return typeof told === 'number' && told >= 0 ? Math.min(Math.trunc(told), MAX_MS) : undefined;
}

function count(told: unknown): number {
  return typeof told === 'number' && told > 0 ? Math.min(Math.trunc(told), MAX_TOKENS) : 0;
}

/** PostgreSQL takes no NUL and no half of a surrogate pair. */
function text(told: unknown): string | undefined {
  if (typeof told !== 'string') return undefined;
  return told.replaceAll('\0', '').slice(0, MAX_TEXT).toWellFormed() || undefined;
}

const uuid = (told: unknown) => (typeof told === 'string' && isUuid(told) ? told.toLowerCase() : undefined);
const fieldsOf = (told: unknown): Fields => (typeof told === 'object' && told !== null ? (told as Fields) : {});
