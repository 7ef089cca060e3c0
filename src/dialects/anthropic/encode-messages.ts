import type { Json } from '../../contract/json';
import type { ChatRequest, Message } from '../../contract/request';
import { type Block, blocksOrText, encodeParts } from './encode-content';

export interface Conversation {
  readonly system?: Json;
  readonly messages: readonly Json[];
}

interface Turn {
  readonly role: Message['role'];
  readonly content: Block[];
}

/**
 * Leading instructions become `system`; turns of one role in a row become one message.
 * @param instruction follows those of the request
 */
export function encodeConversation(
  { messages }: ChatRequest,
  instruction: string | undefined,
  dropped: Set<string>,
): Conversation {
  const found = messages.findIndex((message) => message.role !== 'system');
  const lead = found < 0 ? messages.length : found;
  const system = messages.slice(0, lead).flatMap((message) => encodeMessage(message, dropped));
  if (instruction !== undefined) system.push({ type: 'text', text: instruction });
  return {
    system: system.length ? blocksOrText(system) : undefined,
    messages: encodeTurns(messages.slice(lead), dropped),
  };
}

function encodeTurns(messages: readonly Message[], dropped: Set<string>): Json[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const blocks = encodeMessage(message, dropped);
    if (!blocks.length) continue;
    const last = turns.at(-1);
    if (last?.role === message.role) last.content.push(...blocks);
    else turns.push({ role: message.role, content: blocks });
  }
  return turns.map(({ role, content }) => ({ role, content: role === 'user' ? resultsFirst(content) : content }));
}

function encodeMessage(message: Message, dropped: Set<string>): Block[] {
  if (message.name) dropped.add('messages.name');
  return encodeParts(message.parts, dropped);
}

/** Tool results must follow the calls immediately. */
function resultsFirst(blocks: Block[]): Block[] {
  const isResult = (block: Block) => block.type === 'tool_result';
  return blocks.some(isResult) ? [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))] : blocks;
}
