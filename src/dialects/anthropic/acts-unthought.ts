import type { ChatRequest, Part } from '../../contract/request';

/**
 * Whether the last turn of the model calls tools and does not begin with a thought that Anthropic vouches for, as turns of other
 * vendors' models do, and of clients that do not send thoughts back. A model that is given a budget to think refuses to go on there.
 */
export function actsUnthought({ messages }: ChatRequest): boolean {
  const end = messages.findLastIndex(({ role }) => role === 'assistant') + 1;
  const start = messages.slice(0, end).findLastIndex(({ role }) => role !== 'assistant') + 1;
  const turn = messages.slice(start, end).flatMap(({ parts }) => parts.filter(reaches));
  return turn.some(({ type }) => type === 'tool_call') && !isThought(turn[0]);
}

function reaches(part: Part): boolean {
  if (part.type === 'thinking') return Boolean(part.signature);
  return part.type !== 'text' || /\S/.test(part.text);
}

function isThought({ type }: Part): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}
