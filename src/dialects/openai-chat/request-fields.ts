/** Fields that tune, bill or label a call without changing what is asked. */
export const HINTS: readonly string[] = [
  'service_tier',
  'store',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'verbosity',
  'prediction',
];

/** Every field of a request that means something to the gateway. */
export const KNOWN: ReadonlySet<string> = new Set([
  ...HINTS,
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'stop',
  'n',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'response_format',
  'reasoning_effort',
  'modalities',
  'user',
  // our own options: read by the door
  'gatehouse',
]);
