import type { ChatRequest, Message } from '../../src/contract/request';
import { anthropicMessages } from '../../src/dialects/anthropic';
import type { Target } from '../../src/dialects/codec';

export const USER: Message = { role: 'user', parts: [{ type: 'text', text: 'hi' }] };
export const TARGET = { model: 'claude' };

export function chat(fields: Partial<ChatRequest> = {}): ChatRequest {
  return {
    operation: 'chat',
    model: 'a',
    stream: false,
    messages: [USER],
    tools: [],
    hints: [],
    extras: [],
    ...fields,
  };
}

/** As Anthropic gets it. */
export function encode(fields: Partial<ChatRequest> = {}, target: Partial<Target> = {}) {
  return anthropicMessages.encodeRequest(chat(fields), { ...TARGET, ...target });
}

export const say = (role: Message['role'], ...texts: string[]): Message => ({
  role,
  parts: texts.map((text) => ({ type: 'text', text })),
});
