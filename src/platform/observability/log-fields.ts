/** Every field that a line may have. What is not named here is left out: nobody logs a whole object by accident. */
export const LOG_FIELDS = [
  // which call, and whose
  ...(['request_id', 'call_id', 'trace_id', 'tenant', 'key_id', 'key', 'session', 'context'] as const),
  // a call or a request
  ...([
    'dialect',
    'operation',
    'stream',
    'model',
    'provider',
    'provider_model',
    'outcome',
    'degraded',
    'cache',
  ] as const),
  ...(['code', 'finish_reason', 'attempts', 'input_tokens', 'cached_tokens', 'output_tokens'] as const),
  ...(['latency_ms', 'first_token_ms', 'method', 'route', 'status', 'content'] as const),
  // what happened on its way
  ...(['ok', 'ms', 'attempt', 'delay_ms', 'from', 'to', 'reason', 'provider_key', 'rest_ms', 'scope', 'name'] as const),
  ...(['rung', 'waited', 'dependency', 'err', 'budget', 'percent'] as const),
  ...(['incident', 'severity'] as const),
  // the audit log, secrets, reviews
  ...(['n', 'batches', 'size', 'cosignatures', 'what', 'source', 'version', 'applied', 'retires_at'] as const),
  ...(['entry', 'review', 'verification', 'first_bad_index', 'promotion'] as const),
] as const;
export type LogField = (typeof LOG_FIELDS)[number];

const KNOWN: ReadonlySet<string> = new Set(LOG_FIELDS);

/** The same facts without fields that are not known; `left_out` says how many there were. */
export function knownFields(facts: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(facts);
  let unknown = 0;
  for (const name of names) if (!KNOWN.has(name)) unknown++;
  if (!unknown) return facts;
  const known = names.filter((name) => KNOWN.has(name)).map((name) => [name, facts[name]]);
  return { ...(Object.fromEntries(known) as Record<string, unknown>), left_out: unknown };
}
