import type { Header, Plain, PlainObject } from '../format/header';
import { recordedCost } from './recorded-cost';

/** One call as `GET /v1/requests/:id` explains it. No content, no personal data: there is none in a header. */
export interface CallView {
  readonly id: string;
  readonly request_id: string;
  readonly created_at: string;
  readonly closed_at: string | null;
  /** `in_progress`, or `outcome_unknown` when the process that served the call is gone. */
  readonly status: string;
  readonly tenant: string;
  readonly key: string;
  readonly user_ref: string | null;
  readonly session_ref: string | null;
  readonly turn: number | null;
  /** By which the caller groups its spending. */
  readonly tags: Plain;
  /** Of its distributed trace. */
  readonly trace_id: Plain | null;
  readonly operation: Plain | null;
  readonly dialect: Plain | null;
  readonly stream: Plain | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly provider_model: string | null;
  /** What the provider said answered, where that is another name: often a dated version. */
  readonly reported_model: Plain | null;
  readonly provider_request_id: Plain | null;
  readonly attempts: Plain | null;
  /** Asked in a batch of its provider, at the price of one. */
  readonly batch: boolean;
  /** The id of the call (`metadata.call_id`) that a second model was sent as well: this is what it made of it. */
  readonly shadow_of: Plain | null;
  /** Answered with what an earlier call under the same idempotency key was given. */
  readonly repeated: boolean;
  /** Request fields left out because the provider has no counterpart. */
  readonly dropped: Plain;
  /** The rung of the ladder that answered in place of the model: `fallback`, `stale`, `similar`, `template`. */
  readonly degraded: Plain | null;
  readonly cache: Plain | null;
  /** Why no kept answer was given. */
  readonly cache_reason: Plain | null;
  /** How near the question was whose answer was given; 0 to 1. */
  readonly similarity: number | null;
  /** What said so: `lexical`, or the embedding model. */
  readonly similarity_by: Plain | null;
  /** The call that a model gave that answer to. */
  readonly source_request_id: Plain | null;
  /** The answer was held to the schemas of the call: `valid`, or `repaired` when the model had to be asked once more. */
  readonly validated: Plain | null;
  /** Every time a provider was asked, in order; null when the first one answered. */
  readonly tried: Plain | null;
  readonly error_code: Plain | null;
  readonly finish_reason: Plain | null;
  readonly prompt: { readonly hash: string | null; readonly characters: Plain | null };
  readonly usage: Plain | null;
  /** What the answer had taken when a model gave it, where this call did not ask one. */
  readonly saved_usage: Plain | null;
  /** Exact; of calls of earlier releases in whole millionths. */
  readonly cost_usd: string | null;
  readonly latency_ms: Plain | null;
  readonly first_token_ms: Plain | null;
  readonly upstream_ms: Plain | null;
  readonly flags: readonly string[];
  /** The guards that read the whole call, and the answer. */
  readonly guards: Plain;
  /** How many of each kind of personal data were found, in what was sent and in what was answered. */
  readonly findings: Plain | null;
  readonly injection: Plain | null;
  /** What feature flags decided, with their version and why. */
  readonly feature_flags: Plain;
  /** The model that answered, or the one that it replaced, is at its end: `model`, `status`, dates, `replacement`. */
  readonly deprecation: Plain | null;
  /** The task of the policy that the call belongs to. */
  readonly task: Plain | null;
  /** How hard the call was taken to be, who said so and why, and which alias was chosen instead of which. */
  readonly selection: Plain | null;
  /** What was left out of the prompt: tokens (roughly), oldest turns, and blocks that stand there twice. */
  readonly trimmed: Plain | null;
  /** The maximum of answer tokens that was sent instead of the caller's. */
  readonly max_tokens: Plain | null;
  /** The maximum that was sent because a budget has room for no more, where the caller named none. */
  readonly max_tokens_set: Plain | null;
  /** What the call would have cost more; an estimate. */
  readonly saved: readonly SavingView[];
  /** Entries of the log about the call. */
  readonly audit: { readonly request: string | null; readonly repair: string | null; readonly response: string | null };
}

export interface SavingView {
  readonly by: Plain | null;
  readonly tokens: Plain | null;
  /** Negative when the measure cost more than it saved; null where a price is not known. */
  readonly usd: string | null;
}

/**
 * The entries of each call, in the order of the log. Request ids are chosen by callers and may repeat; an entry belongs to
 * the call of its parent.
 * @param entries in the order of the log
 */
export function byCall<T extends { readonly header: Header }>(entries: readonly T[]): T[][] {
  const roots = new Map<string, T[]>();
  const rootOf = new Map<string, string>();
  for (const entry of entries) {
    const { event, entry_id, parent } = entry.header;
    if (!event.startsWith('llm.')) continue;
    const root = rootOf.get(parent ?? '') ?? entry_id;
    rootOf.set(entry_id, root);
    const call = roots.get(root);
    if (call) call.push(entry);
    else roots.set(root, [entry]);
  }
  return [...roots.values()];
}

/**
 * The calls that entries are about, in the order of the log.
 * @param entries in the order of the log
 * @param unknownAfterMs a call that is open for longer will never be closed
 */
export function callsIn(entries: readonly Header[], unknownAfterMs: number): CallView[] {
  return byCall(entries.map((header) => ({ header }))).map((call) =>
    callView(
      call.map(({ header }) => header),
      unknownAfterMs,
    ),
  );
}

/** @param call all entries of one, in the order of the log */
export function callView(call: readonly Header[], unknownAfterMs: number): CallView {
  const first = call[0] as Header;
  const request = first.event === 'llm.request' ? first : undefined;
  // a second request is the first once more, to have its answer repaired
  const repair = call.find((entry) => entry !== first && entry.event === 'llm.request');
  const ends = call.filter((entry) => entry !== request && entry !== repair);
  const end = ends[0];
  // what came after the fact is the last word: an answer that was withheld after all
  const final = ends.at(-1);
  const facts: PlainObject = { ...request?.metadata, ...end?.metadata };
  const fact = (name: string) => facts[name] ?? null;
  const resolved = end?.model_resolved;
  return {
    id: first.entry_id,
    request_id: first.request_id ?? '',
    created_at: first.ts,
    closed_at: end?.ts ?? null,
    status: statusOf(first, final, unknownAfterMs),
    tenant: first.tenant ?? '',
    key: first.actor ?? '',
    user_ref: first.user_id ?? null,
    session_ref: first.session ?? null,
    turn: first.turn ?? null,
    tags: facts['tags'] ?? [],
    trace_id: fact('trace_id'),
    operation: fact('operation'),
    dialect: fact('dialect'),
    stream: fact('stream'),
    model: end?.model ?? request?.model ?? null,
    provider: end?.provider ?? null,
    provider_model: resolved === undefined ? null : resolved.slice(resolved.indexOf('/') + 1),
    reported_model: fact('reported_model'),
    provider_request_id: fact('provider_request_id'),
    attempts: fact('attempts'),
    batch: facts['batch'] === true,
    shadow_of: fact('shadow_of'),
    repeated: facts['repeated'] === true,
    dropped: facts['dropped'] ?? [],
    degraded: fact('degraded'),
    cache: fact('cache'),
    cache_reason: fact('cache_reason'),
    similarity: permille(fact('similarity_permille')),
    similarity_by: fact('similarity_by'),
    source_request_id: fact('source_request_id'),
    validated: fact('validated'),
    tried: fact('tried'),
    error_code: final?.metadata?.['error_code'] ?? fact('error_code'),
    finish_reason: fact('finish_reason'),
    prompt: { hash: first.prompt_hash ?? null, characters: fact('prompt_characters') },
    usage: fact('usage'),
    saved_usage: fact('saved_usage'),
    cost_usd: (end && recordedCost(end)) ?? null,
    latency_ms: fact('latency_ms'),
    first_token_ms: fact('first_token_ms'),
    upstream_ms: fact('upstream_ms'),
    flags: final?.compliance_flags ?? [],
    guards: facts['guards'] ?? [],
    findings: fact('findings'),
    injection: fact('injection'),
    feature_flags: facts['feature_flags'] ?? [],
    deprecation: fact('deprecation'),
    task: fact('task'),
    selection: fact('selection'),
    trimmed: fact('trimmed'),
    max_tokens: fact('max_tokens'),
    max_tokens_set: fact('max_tokens_set'),
    saved: Array.isArray(facts['saved']) ? (facts['saved'] as readonly PlainObject[]).map(savingView) : [],
    audit: { request: request?.entry_id ?? null, repair: repair?.entry_id ?? null, response: end?.entry_id ?? null },
  };
}

function savingView({ by, tokens, picos }: PlainObject): SavingView {
  const amount = typeof picos === 'string' && /^-?\d{1,38}$/.test(picos) ? BigInt(picos) : undefined;
  // six digits are shown: half of the last one rounds up
  const micros = amount === undefined ? undefined : (amount < 0n ? -amount : amount) + 500_000n;
  const usd = micros === undefined ? null : dollars(micros / 1_000_000n);
  return {
    by: by ?? null,
    tokens: tokens ?? null,
    usd: usd !== null && amount !== undefined && amount < 0n ? `-${usd}` : usd,
  };
}

function statusOf(first: Header, final: Header | undefined, unknownAfterMs: number): string {
  if (final?.event === 'llm.orphan') return 'outcome_unknown';
  if (final?.outcome !== undefined) return final.outcome;
  // in a batch, it lasts as long as that
  if (first.metadata?.['batch'] === true) return 'in_progress';
  return Date.now() - Date.parse(first.ts) > unknownAfterMs ? 'outcome_unknown' : 'in_progress';
}

function permille(value: Plain | null): number | null {
  return typeof value === 'number' ? value / 1_000 : null;
}

function dollars(micros: bigint): string {
  return `${micros / 1_000_000n}.${(micros % 1_000_000n).toString().padStart(6, '0')}`;
}
