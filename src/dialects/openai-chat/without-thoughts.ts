import { isObject, type Json, type JsonObject } from '../../contract/json';

/** Where the gateway and some servers put thoughts in an answer's message, which clients send back. */
const FIELDS = ['reasoning_content', 'reasoning', 'thinking_blocks'];
const SAID = ['content', 'tool_calls', 'refusal', 'function_call', 'audio'];

/** Messages as OpenAI's API takes them: it knows no thoughts. The same list where there are none. */
export function withoutThoughts(messages: readonly Json[]): readonly Json[] {
  return messages.some(hasThoughts) ? messages.map((each) => (hasThoughts(each) ? speechOf(each) : each)) : messages;
}

function hasThoughts(message: Json): message is JsonObject {
  return isObject(message) && message.role === 'assistant' && FIELDS.some((field) => Object.hasOwn(message, field));
}

function speechOf(message: JsonObject): JsonObject {
  const speech = Object.fromEntries(Object.entries(message).filter(([field]) => !FIELDS.includes(field)));
  // a turn that was cut off while it thought
  return SAID.some((field) => (speech[field] ?? null) !== null) ? speech : { ...speech, content: '' };
}
