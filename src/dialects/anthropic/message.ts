import type { ContentBlock, Message, ToolUseBlock } from '@anthropic-ai/sdk/resources/messages/messages';
import type { JsonObject } from '../../contract/json';
import type { Usage } from '../../contract/reply';
import type { StopState } from './stop-reason';
import { encodeUsage } from './usage';

/** Messages and content blocks as Anthropic's clients know them, every field that they call required included. */
export function emptyMessage(id: string, model: string, usage: Usage) {
  return {
    id: id.startsWith('msg_') ? id : `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: encodeUsage(usage),
  } satisfies Message;
}

/** The end of a turn, as a message and `message_delta` both spell it. */
export function stopFields(stop: StopState) {
  return {
    stop_reason: stop.reason,
    stop_sequence: stop.sequence,
    stop_details: null,
    container: null,
  } satisfies Partial<Message>;
}

export function textBlock(text: string) {
  return { type: 'text', text, citations: null } satisfies ContentBlock;
}

export function thinkingBlock(thinking: string, signature: string) {
  return { type: 'thinking', thinking, signature } satisfies ContentBlock;
}

export function redactedBlock(data: string) {
  return { type: 'redacted_thinking', data } satisfies ContentBlock;
}

export function toolUseBlock(id: string, name: string, input: JsonObject) {
  return { type: 'tool_use', id, name, input, caller: { type: 'direct' } } satisfies ToolUseBlock;
}
