import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { decodeUsage } from './usage';
import { malformed } from './error';

/** The first event of an answer. */
export function decodeStart(message: Json | undefined): Extract<ReplyEvent, { type: 'start' }> {
  if (!isObject(message)) throw malformed();
  return { type: 'start', id: text(message.id), model: text(message.model), usage: decodeUsage(message.usage) };
}

/** What a content block says as it opens: all of it in a complete answer, at least that it is there in a stream. */
export function decodeBlock(block: Json | undefined, index: number): ReplyEvent[] {
  if (!isObject(block)) throw malformed();
  const type = text(block.type);
  switch (type) {
    case 'text':
      return [{ type: 'text', block: index, text: text(block.text) }];
    case 'thinking':
      return decodeThinking(block, index);
    case 'redacted_thinking':
      return [{ type: 'redacted_thinking', block: index, data: text(block.data) }];
    case 'tool_use':
      return decodeToolUse(block, index);
    default:
      return [{ type: 'native', block: index, name: type }];
  }
}

function decodeThinking(block: JsonObject, index: number): ReplyEvent[] {
  const events: ReplyEvent[] = [{ type: 'thinking', block: index, text: text(block.thinking) }];
  if (block.signature) events.push({ type: 'thinking_signature', block: index, signature: text(block.signature) });
  return events;
}

function decodeToolUse(block: JsonObject, index: number): ReplyEvent[] {
  const events: ReplyEvent[] = [{ type: 'tool_call', block: index, id: text(block.id), name: text(block.name) }];
  if (!isObject(block.input)) throw malformed();
  if (Object.keys(block.input).length)
    events.push({ type: 'tool_arguments', block: index, json: JSON.stringify(block.input) });
  return events;
}

export function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw malformed();
  return value;
}
