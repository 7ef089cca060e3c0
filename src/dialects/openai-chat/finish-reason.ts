import type { FinishReason } from '../../contract/reply';

const DECODED = new Map<unknown, FinishReason>([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
]);

const ENCODED: Record<FinishReason, string> = {
  stop: 'stop',
  stop_sequence: 'stop',
  pause: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
};

/** Compatible servers invent reasons (`eos_token`); they all mean that the model was done. */
export function decodeFinishReason(reason: unknown): FinishReason {
  return DECODED.get(reason) ?? 'stop';
}

export function encodeFinishReason(reason: FinishReason): string {
  return ENCODED[reason];
}
